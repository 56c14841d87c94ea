/** How much may be said about a request for the floor. Used by the forms of this folder. */

/** As the server takes it, in characters. */
export const MAX_SUBJECT = 200;
