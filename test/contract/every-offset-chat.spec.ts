import { describeEveryOffset } from './every-offset.js';
import { chat } from './wire-dialects.js';

describeEveryOffset(chat);
