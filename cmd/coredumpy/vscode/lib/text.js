// Texts for messages of the editor.
'use strict';

// message returns a text as a message shows it to the letter. VS Code makes links of
// [text](address) in a message, also links that run commands of the editor, and whoever made a
// link or named a file would choose them. Characters that control or reorder text become signs.
function message(text) {
  return String(text)
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '\ufffd')
    .replace(/\](?=\()/g, '] ');
}

module.exports = { message };
