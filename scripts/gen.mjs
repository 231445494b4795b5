// Generates src/gen/ (TypeScript types of the wire contract, its descriptors for server reflection) from proto/. With --check it generates into a
// temporary folder instead, and fails when that differs from what is committed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Paths of the files below a folder, sorted, relative to it. @param {string} folder */
function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((path) => path.slice(folder.length + 1)).sort();
}

/** @param {string} outDir */
function generate(outDir) {
  rmSync(outDir, { recursive: true, force: true });
  const protos = filesIn('proto').filter((path) => path.endsWith('.proto'));
  execFileSync(process.execPath, [
    'node_modules/@grpc/proto-loader/build/bin/proto-loader-gen-types.js',
    // These must agree with the options with which the server and the CLI load the same files.
    '--enums=String',
    '--longs=Number',
    '--defaults',
    '--oneofs',
    '--grpcLib=@grpc/grpc-js',
    '--importFileExtension=.js',
    '--includeComments',
    '--includeDirs=proto',
    `--outDir=${outDir}`,
    ...protos,
  ]);
  // Descriptor sets concatenate: a protobuf message that is one repeated field does.
  const sets = ['proto', 'node_modules/grpc-health-check/proto'].map(descriptorSet);
  writeFileSync(join(outDir, 'descriptor-set.binpb'), Buffer.concat(sets));
}

/** The FileDescriptorSet of the proto files below a folder. @param {string} folder */
function descriptorSet(folder) {
  return execFileSync('node_modules/.bin/buf', [
    'build',
    folder,
    '--as-file-descriptor-set',
    '--exclude-source-info',
    '--output=-#format=binpb',
  ]);
}

/** Paths that are in only one of two folders, or differ. @param {string} left @param {string} right */
function differences(left, right) {
  const inLeft = filesIn(left);
  const inRight = new Set(filesIn(right));
  const changed = inLeft.filter(
    (path) =>
      !inRight.delete(path) || !readFileSync(join(left, path)).equals(readFileSync(join(right, path))),
  );
  return [...changed, ...inRight].sort();
}

if (process.argv.includes('--check')) {
  const temporary = mkdtempSync(join(tmpdir(), 'phid-gen-'));
  try {
    generate(temporary);
    const stale = differences(temporary, 'src/gen');
    if (stale.length > 0) {
      console.error(
        `src/gen is not what proto/ generates; run "npm run gen" and commit the result:\n${stale.join('\n')}`,
      );
      process.exitCode = 1;
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
} else {
  generate('src/gen');
}
