import { describeOverSockets } from './over-sockets.js';
import { chat } from './wire-dialects.js';

describeOverSockets(chat);
