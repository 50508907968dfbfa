import { z } from 'zod';
import { editFault, editWaySchema } from '../document/records.js';

/** Edits of stems in the order in which they apply; masks were sent by `POST /mask`. */
export const stemEdits = z
  .array(
    z
      .strictObject({ id: z.string().min(1).max(300), ...editWaySchema.shape })
      .superRefine((edit, context) => {
        const message = editFault(edit);
        if (message !== null) context.addIssue({ code: 'custom', message });
      }),
  )
  .max(100_000);
