// Shows the values of variables beside the lines of a stopped frame's source.
'use strict';

const vscode = require('vscode');

// InlineValues asks the server, which knows the scopes: a name that is hidden by an inner one, or
// that has no value yet at a line, gets none there.
class InlineValues {
  constructor(host) {
    this.host = host;
  }

  async provideInlineValues(document, viewPort, context, token) {
    const session = vscode.debug.activeDebugSession;
    if (!session || session.type !== 'coredumpy' || context.stoppedLocation.start.line >= document.lineCount) return [];
    const args = { frameId: context.frameId, startLine: viewPort.start.line + 1, endLine: viewPort.end.line + 1 };
    let values;
    try {
      ({ values } = await session.customRequest('inlineValues', args));
    } catch (error) {
      this.host.log.warn(`inlineValues: ${error.message || error}`);
      return [];
    }
    if (token.isCancellationRequested) return [];
    return values.filter((v) => v.line >= 1 && v.line <= document.lineCount).map((v) => {
      const end = document.lineAt(v.line - 1).range.end;
      return new vscode.InlineValueText(new vscode.Range(end, end), v.text);
    });
  }
}

module.exports = { InlineValues };
