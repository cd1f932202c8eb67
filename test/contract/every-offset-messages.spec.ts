import { describeEveryOffset } from './every-offset.js';
import { messages } from './wire-dialects.js';

describeEveryOffset(messages);
