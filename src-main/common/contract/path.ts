import { z } from 'zod';

/** A path of this machine: commands that take one are for the command line; a page has handles only. */
export const path = z.string().min(1);
