// Each alternative is something a semicolon may stand in without ending the statement.
const opaque =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`\\]|\\.)*`|\$(\w*)\$[\s\S]*?\$\1\$|;/g;

/** The statements of a `.sql` file, without their semicolons; comments, strings and `$$` bodies are left whole. */
export function splitStatements(text: string): string[] {
  const statements: string[] = [];
  let from = 0;
  for (const match of text.matchAll(opaque)) {
    if (match[0] !== ";") continue;
    statements.push(text.slice(from, match.index));
    from = match.index + 1;
  }
  statements.push(text.slice(from));
  return statements.map((statement) => statement.trim()).filter(says);
}

/** Whether anything but comments is in it. */
function says(statement: string): boolean {
  return statement.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, "").trim() !== "";
}
