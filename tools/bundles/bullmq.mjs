// What Unbraid uses of BullMQ; see vite.bundles.config.ts.
export { DelayedError, Job, Queue, QueueEvents, UnrecoverableError, Worker } from 'bullmq';
