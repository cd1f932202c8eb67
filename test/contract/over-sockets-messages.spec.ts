import { describeOverSockets } from './over-sockets.js';
import { messages } from './wire-dialects.js';

describeOverSockets(messages);
