/** What one chunk of the model server says. One byte a character in V8's memory. */
export const piece = ' word';
