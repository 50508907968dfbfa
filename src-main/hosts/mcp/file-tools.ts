import { z } from 'zod';
import { commandSchemas } from '../../common/contract/commands.js';
import { settingsSchema } from '../../common/jobs/settings.js';
import { findFiles } from '../../node/jobs/find-files.js';
import { path as localPath } from '../../common/contract/path.js';
import { tool, type Tool } from './tool.js';

const { info, check, checkModel, separate, batch, remix, evaluate } = commandSchemas;

/** Nothing that is there is ever replaced, so there is nothing to undo about files. */
export const settings = settingsSchema.omit({ overwrite: true }).prefault({});
const path = localPath.describe('A path in an allowed folder; a relative one begins in the first of them');

/** The tools about files: what the command line does. */
export const fileTools: readonly Tool[] = [
  tool(
    'list_folders',
    'reads',
    'The folders this server may read and write in',
    z.strictObject({}),
    async (_, { fence }) => Promise.resolve({ folders: fence.folders }),
  ),
  tool(
    'list_files',
    'reads',
    'Audio files below a folder (at most 1000)',
    z.strictObject({ folder: path, recursive: batch.shape.recursive }),
    async ({ folder, recursive }, { fence }) => {
      const found = findFiles(fence.inside(folder), { recursive, skip: [] });
      const files = found.slice(0, 1000).map((file) => fence.told(file.path));
      return Promise.resolve({ files, total: found.length });
    },
  ),
  tool(
    'describe_file',
    'reads',
    'Format, length, tags and tracks of a file; with loudness also LUFS, true peak, and whether the decode is exact',
    z.strictObject({ source: path, loudness: info.shape.loudness, track: info.shape.track }),
    async (args, { client, fence, job }) => client.info({ ...args, source: fence.inside(args.source), job }),
  ),
  tool(
    'check_files',
    'reads',
    'Reads files through, or all below folders, and says what is exact, repaired, damaged or refused',
    check.omit({ job: true }).extend({ paths: z.array(path).min(1) }),
    async (args, { client, fence, job }) =>
      client.check({ ...args, paths: args.paths.map((each) => fence.inside(each)), job }),
  ),
  tool(
    'list_separators',
    'reads',
    'Models, classic methods, ensembles and chains that can separate',
    commandSchemas.models,
    async (_, { client }) => {
      const { separators, broken } = await client.models({});
      return { separators, broken };
    },
  ),
  tool(
    'check_model',
    'reads',
    'Checks a model’s files and its stored golden result',
    checkModel,
    async (args, { client }) => client.checkModel(args),
  ),
  tool(
    'model_schema',
    'reads',
    'The JSON schema of model manifests',
    commandSchemas.manifestSchema,
    async (_, { client }) => ({
      schema: await client.manifestSchema({}),
    }),
  ),
  tool(
    'speeds',
    'reads',
    'How fast separations were on this machine',
    commandSchemas.speeds,
    async (_, { client }) => ({
      speeds: await client.speeds({}),
    }),
  ),
  tool(
    'diagnostics',
    'reads',
    'Version, machine, providers and the last lines of the log',
    commandSchemas.diagnostics,
    async (_, { client }) => client.diagnostics({}),
  ),
  tool(
    'separate_files',
    'writes-files',
    'Separates files into stem files that add up to them; existing files are never replaced',
    separate.omit({ job: true }).extend({ sources: z.array(path).min(1), output: path, settings }),
    async (args, { client, fence, job }) =>
      client.separate({
        job,
        sources: args.sources.map((each) => fence.inside(each)),
        output: fence.inside(args.output),
        settings: args.settings,
      }),
  ),
  tool(
    'separate_folder',
    'writes-files',
    'Separates every song below a folder; finished ones are skipped',
    batch
      .pick({ recursive: true, include: true, exclude: true })
      .extend({ folder: path, output: path, settings }),
    async (args, { client, fence, job }) =>
      client.batch({ ...args, job, folder: fence.inside(args.folder), output: fence.inside(args.output) }),
  ),
  tool(
    'remix_file',
    'writes-files',
    'Mixes the stems of a song, a stem file or a folder of stems into one new file, like karaoke',
    remix.omit({ job: true }).extend({ input: path, output: path, settings }),
    async (args, { client, fence, job }) =>
      client.remix({ ...args, job, input: fence.inside(args.input), output: fence.inside(args.output) }),
  ),
  tool(
    'verify_stems',
    'reads',
    'Proves from the sidecars beside stems that they add up to their source',
    z.strictObject({ folder: path, source: path.optional() }),
    async ({ folder, source }, { client, fence, job }) =>
      client.verify({
        ...{ job, folder: fence.inside(folder) },
        ...(source !== undefined && { source: fence.inside(source) }),
      }),
  ),
  tool(
    'evaluate_stems',
    'reads',
    'Scores stems against the true ones: SDR, ISR, SIR, SAR, uSDR, SI-SDR',
    evaluate.omit({ job: true }).extend({ references: path, estimates: path.optional() }),
    async ({ references, estimates, baselines }, { client, fence, job }) =>
      client.evaluate({
        job,
        references: fence.inside(references),
        ...(estimates !== undefined && { estimates: fence.inside(estimates) }),
        baselines,
      }),
  ),
];
