import { basename } from 'node:path';
import { z } from 'zod';
import { toUnbraidError } from '../../common/base/errors.js';
import { commandSchemas } from '../../common/contract/commands.js';
import { path } from '../../common/contract/path.js';
import type { ExportReport, SessionInfo } from '../../common/contract/session.js';
import { automationRegionSchema } from '../../common/jobs/automation-schema.js';
import { copyInto } from '../../node/api/copy-into.js';
import { settings } from './file-tools.js';
import { tool, type Tool, type ToolContext } from './tool.js';
import { makeFolder } from '../../node/files/make-folder.js';

const { separateSession, exportSession, handOver } = commandSchemas;
const song = commandSchemas.session.shape.session.describe('`song` of what open_song answered');
const onSong = z.strictObject({ song });
const stem = z.string().min(1).max(200).describe('The name of a stem, as describe_song has it');
const strip = exportSession.shape.mixer.unwrap().valueType.omit({ automation: true });
const output = path.describe('A folder in an allowed folder; a name that is taken gets a number');

/** Colours of tracks that are handed over, by their order. */
const colours = ['#d1495b', '#edae49', '#00798c', '#66a182', '#8d6a9f', '#5c6f82'];

/** The tools about an open song: separate it, mix its stems, write what was made. */
export const songTools: readonly Tool[] = [
  tool(
    'open_song',
    'reads',
    'Opens a song to separate and mix it; answers its handle',
    z.strictObject({ source: path }),
    async ({ source }, { api, desk, fence }) => {
      const file = fence.inside(source);
      const info = await api.sessions.openPath(file, basename(file));
      desk.put(info);
      return named(info);
    },
  ),
  tool('open_demo', 'reads', 'Opens the demo song', commandSchemas.openDemo, async (_, { client, desk }) => {
    const info = await client.openDemo({});
    desk.put(info);
    return named(info);
  }),
  tool('list_songs', 'reads', 'The open songs', z.strictObject({}), async (_, { desk }) =>
    Promise.resolve({ songs: desk.list().map(named) }),
  ),
  tool(
    'describe_song',
    'reads',
    'Facts of an open song, its stems, its mixer and its history',
    onSong,
    async (args, { desk }) =>
      Promise.resolve({
        ...named(desk.info(args.song)),
        mixer: desk.mix(args.song),
        history: desk.history(args.song),
      }),
  ),
  tool(
    'close_song',
    'changes-song',
    'Closes a song; what was not exported is gone',
    onSong,
    async (args, { client, desk }) => {
      desk.remove(args.song);
      await client.closeSession({ session: args.song });
      return { closed: args.song };
    },
  ),
  tool(
    'separate_song',
    'changes-song',
    'Separates an open song, or a range of frames of it. The same settings give the same samples again',
    z.strictObject({ song, range: separateSession.shape.range, settings }),
    async (args, { client, desk, job }) => {
      desk.info(args.song);
      const info = await client.separateSession({
        ...{ job, session: args.song, settings: args.settings },
        ...(args.range && { range: args.range }),
      });
      desk.put(info);
      return named(info);
    },
  ),
  tool(
    'set_track',
    'changes-song',
    'Mutes, solos, levels (−60 to 60 dB) or pans (−1 to 1) one stem; what is left out stays',
    strip.extend({ song, stem }),
    async ({ song: of, stem: name, ...change }, { desk }) =>
      Promise.resolve({
        mixer: desk.change(of, name, `set ${name}`, (before) => ({ ...before, ...change })),
      }),
  ),
  tool(
    'add_region',
    'changes-song',
    'Something that happens to one stem’s level in frames start to end: mute, gain (points in dB), fade-in, fade-out',
    z.strictObject({ song, stem, region: automationRegionSchema }),
    async ({ song: of, stem: name, region }, { desk }) =>
      Promise.resolve({
        mixer: desk.change(of, name, `add ${region.kind} to ${name}`, (before) => ({
          ...before,
          automation: [...(before.automation ?? []), region],
        })),
      }),
  ),
  tool(
    'clear_regions',
    'changes-song',
    'Takes every region off one stem',
    z.strictObject({ song, stem }),
    async ({ song: of, stem: name }, { desk }) =>
      Promise.resolve({
        mixer: desk.change(of, name, `clear regions of ${name}`, (before) => ({ ...before, automation: [] })),
      }),
  ),
  tool(
    'reset_mixer',
    'changes-song',
    'All stems as they came out of the separation',
    onSong,
    async (args, { desk }) => Promise.resolve({ mixer: desk.reset(args.song) }),
  ),
  tool(
    'undo',
    'changes-song',
    'Takes the last change of a song’s mixer back',
    onSong,
    async (args, { desk }) => Promise.resolve(desk.undo(args.song)),
  ),
  tool('redo', 'changes-song', 'Does again what was undone', onSong, async (args, { desk }) =>
    Promise.resolve(desk.redo(args.song)),
  ),
  tool(
    'history',
    'reads',
    'The steps that can be undone and redone, oldest first',
    onSong,
    async (args, { desk }) => Promise.resolve(desk.history(args.song)),
  ),
  tool(
    'export_song',
    'writes-files',
    'Writes the stems, or the mix as the mixer has it, into a folder; a range in frames',
    z.strictObject({
      song,
      what: exportSession.shape.what,
      output,
      range: exportSession.shape.range,
      settings,
    }),
    async (args, context) => {
      const { client, desk, job } = context;
      desk.stems(args.song);
      const folder = writable(args.output, context);
      const report = await client.exportSession({
        ...{ job, session: args.song, what: args.what, mixer: desk.mix(args.song), settings: args.settings },
        ...(args.range && { range: args.range }),
      });
      return placed(report, folder, context);
    },
  ),
  tool(
    'hand_over',
    'writes-files',
    'Writes the stems with the mixer as a project of another program: DAWproject or Reaper',
    z.strictObject({ song, to: handOver.shape.to, output, range: handOver.shape.range }),
    async (args, context) => {
      const { client, desk, job } = context;
      const tracks = desk
        .stems(args.song)
        .map((name, i) => ({ stem: name, name, colour: colours[i % colours.length] }));
      const folder = writable(args.output, context);
      const report = await client.handOver({
        ...{ job, session: args.song, to: args.to, tracks, mixer: desk.mix(args.song), settings: {} },
        ...(args.range && { range: args.range }),
      });
      return placed(report, folder, context);
    },
  ),
];

/** What is said of a song, with its handle under the name that every tool takes it by. */
function named({ session, ...info }: SessionInfo): Omit<SessionInfo, 'session'> & { readonly song: string } {
  return { song: session, ...info };
}

function writable(output: string, { fence }: ToolContext): string {
  const folder = fence.inside(output);
  try {
    makeFolder(folder);
  } catch (error) {
    throw toUnbraidError(error, output);
  }
  return folder;
}

/** Copies what was exported to its place; nothing there is replaced. */
async function placed(
  { files, ...report }: ExportReport,
  folder: string,
  { api, fence }: ToolContext,
): Promise<object> {
  const paths: string[] = [];
  for (const { download } of files) {
    const { path, name } = api.sessions.download(download);
    paths.push(fence.told(await copyInto(folder, name, path)));
  }
  return { ...report, files: paths };
}
