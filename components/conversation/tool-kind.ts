// Which family a tool belongs to. Agents name the same thing differently; one table knows them all.

export type ToolKind =
  | 'edit'
  | 'write'
  | 'patch'
  | 'shell'
  | 'read'
  | 'search'
  | 'list'
  | 'todo'
  | 'task'
  | 'fetch'
  | 'websearch'
  | 'plan'
  | 'question'
  | 'generic'

const NAMES: Record<string, ToolKind | undefined> = {
  edit: 'edit',
  multiedit: 'edit',
  notebookedit: 'edit',
  replace: 'edit',
  strreplace: 'edit',
  strreplaceeditor: 'edit',
  write: 'write',
  writefile: 'write',
  create: 'write',
  applypatch: 'patch',
  patch: 'patch',
  bash: 'shell',
  shell: 'shell',
  execcommand: 'shell',
  runshellcommand: 'shell',
  localshell: 'shell',
  exec: 'shell',
  writestdin: 'shell',
  powershell: 'shell',
  bashoutput: 'generic',
  read: 'read',
  readfile: 'read',
  readmanyfiles: 'read',
  view: 'read',
  viewimage: 'read',
  notebookread: 'read',
  grep: 'search',
  glob: 'search',
  search: 'search',
  searchfilecontent: 'search',
  grepsearch: 'search',
  toolsearch: 'search',
  rg: 'search',
  ls: 'list',
  list: 'list',
  listdirectory: 'list',
  todowrite: 'todo',
  todoread: 'todo',
  writetodos: 'todo',
  updateplan: 'todo',
  task: 'task',
  agent: 'task',
  spawnagent: 'task',
  invokeagent: 'task',
  delegatetoagent: 'task',
  codebaseinvestigator: 'task',
  webfetch: 'fetch',
  fetch: 'fetch',
  websearch: 'websearch',
  googlewebsearch: 'websearch',
  codesearch: 'websearch',
  exitplanmode: 'plan',
  planexit: 'plan',
  askuserquestion: 'question',
  askuser: 'question',
  question: 'question',
}

/** The family of a tool by its name in any spelling (`write_file`, `WriteFile`). */
export function findToolKind(name: string | null): ToolKind {
  return NAMES[(name ?? '').toLowerCase().replaceAll(/[^a-z0-9]/g, '')] ?? 'generic'
}
