#!/usr/bin/env node
// Old syntax on purpose: an old Node must be able to read this far, to say what it lacks.
var major = Number(process.versions.node.split('.')[0]);

// Loading takes a moment, in which Ctrl-C would end the process without a word.
function stopLoading() {
  process.stderr.write('Interrupted (aborted): stopped by Ctrl-C.\n');
  process.exit(130);
}

// The packages that `run.js` loads at once are installed with this one, unless an installer leaves peers out.
function describe(error) {
  var missing = error.code === 'ERR_MODULE_NOT_FOUND' && /^Cannot find package '([^']+)'/.exec(error.message);
  return missing ? 'The command line needs a package that is not installed. Run: npm install ' + missing[1] : error.message;
}

if (major < 22) {
  process.stderr.write('agenticraft needs Node 22 or later; this is Node ' + process.versions.node + '.\n');
  process.exitCode = 1;
} else {
  process.on('SIGINT', stopLoading);
  import('../dist/src/cli/run.js')
    .then(function (cli) {
      var running = cli.run();
      // Only now: between two listeners a signal would find none.
      process.removeListener('SIGINT', stopLoading);
      return running;
    })
    .catch(function (error) {
      process.stderr.write('agenticraft: ' + describe(error) + '\n');
      process.exitCode = 1;
    });
}
