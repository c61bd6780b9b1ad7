/** Pictures fetched at once: a few screens, and a number that fills rows of 2, 3, 4 and 6. */
export const pageSize = 48;
