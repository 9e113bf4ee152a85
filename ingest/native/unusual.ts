/** Nothing that is wrong in itself, but more than a quick reader has to know: it is left to the thorough one. */
export class Unusual extends Error {}
