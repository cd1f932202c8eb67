#!/usr/bin/env node
// Old syntax on purpose: an old Node must be able to read this far, to say what it lacks.
var major = Number(process.versions.node.split('.')[0]);
if (major < 22) {
  process.stderr.write('agenticraft needs Node 22 or later; this is Node ' + process.versions.node + '.\n');
  process.exitCode = 1;
} else {
  import('../dist/src/cli/run.js')
    .then(function (cli) {
      return cli.run();
    })
    .catch(function (error) {
      process.stderr.write('agenticraft: ' + error.message + '\n');
      process.exitCode = 1;
    });
}
