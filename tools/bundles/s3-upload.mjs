// What Unbraid uses of the multipart uploader; see vite.bundles.config.ts.
export { Upload } from '@aws-sdk/lib-storage';
