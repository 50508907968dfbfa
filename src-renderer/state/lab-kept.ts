import { lessonIds, type LessonId } from '../../src-main/common/lab/lessons.js';

export type LabRoom = 'bench' | LessonId;

const [roomKey, ownKey] = ['unbraid-lab-room', 'unbraid-lab-song'] as const;

/** The room of the Lab that this tab showed before it was loaded anew. */
export function keptRoom(): LabRoom {
  const kept = sessionStorage.getItem(roomKey);
  return lessonIds.find((id) => id === kept) ?? 'bench';
}

export const keepRoom = (room: LabRoom): void => sessionStorage.setItem(roomKey, room);

/** Whether lessons work on the open song. */
export const keptOnSong = (): boolean => localStorage.getItem(ownKey) === 'true';

export const keepOnSong = (on: boolean): void => localStorage.setItem(ownKey, `${on}`);
