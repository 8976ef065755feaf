// check.mjs DOCUMENT SEEN [--all]: is the OpenAPI document valid, and is every
// answer in SEEN/*.jsonl (support.py's note) what it promises?  --all: was
// each of its routes seen with a success, and each of its error codes?
import fs from 'node:fs'
import path from 'node:path'
import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { Validator } from '@seriousme/openapi-schema-validator'

const [file, folder, all] = process.argv.slice(2)
const doc = JSON.parse(fs.readFileSync(file, 'utf8'))
let passed = 0
let failed = 0

function test(name, problem) {
  if (!problem) {
    passed += 1
  } else {
    failed += 1
    console.log(`FAILED ${name}: ${problem}`)
  }
}

const ajv = new Ajv.default({ strict: false, allErrors: false,
  formats: { int64: true, email: true, uri: true } })
addFormats.default(ajv, ['date-time'])
ajv.addSchema(doc, 'openapi', undefined, false)

const compiled = new Map()

// The schema at a path of keys in the document; what is wrong, or nothing.
function wrong(keys, body) {
  const pointer = keys.map(key => '/' + encodeURIComponent(
    key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('')
  if (!compiled.has(pointer)) {
    compiled.set(pointer, ajv.compile({ $ref: 'openapi#' + pointer }))
  }
  const validate = compiled.get(pointer)
  if (validate(body)) {
    return undefined
  }
  const error = validate.errors[0]
  return `${error.instancePath || 'the body'} ${error.message}` +
    ` ${JSON.stringify(error.params)} in ${JSON.stringify(body)}`.slice(0, 1500)
}

// -- Which route was it?

const kinds = { '{id}': /^[1-9][0-9]*$/, '{token}': /^[A-Za-z0-9_-]{16,64}$/ }
const routes = Object.keys(doc.paths).map(name => ({
  name, pieces: name.split('/'), methods: doc.paths[name] }))
// What is named goes before what stands for something.
routes.sort((a, b) => a.name.split('{').length - b.name.split('{').length)

function findRoute(where) {
  const pieces = where.split('?')[0].replace(/(?<=.)\/$/, '').split('/')
  return routes.filter(route => route.pieces.length === pieces.length &&
    route.pieces.every((piece, i) => piece in kinds
      ? kinds[piece].test(pieces[i]) : piece === pieces[i]))
}

function findOperation(seen) {
  const method = (seen.method === 'HEAD' ? 'GET' : seen.method).toLowerCase()
  for (const route of findRoute(seen.path)) {
    if (method in route.methods) {
      return { name: `${seen.method} ${route.name}`, route: route.name, method,
        operation: route.methods[method] }
    }
  }
  return undefined
}

// -- Is it what was promised?

const problem = ['components', 'schemas', 'Problem']

// What a web server says by itself, and what has no route.
function judgeAlone(seen) {
  if (seen.status < 400) {
    return 'there is no such route'
  }
  return seen.body ? wrong(problem, seen.body) : undefined
}

function judge(seen, found) {
  let keys = ['paths', found.route, found.method, 'responses',
    String(seen.status)]
  let response = found.operation.responses[seen.status]
  if (!response) {
    return seen.status < 400
      ? `${seen.status} is not among its answers` : judgeStatus(seen)
  }
  if (response.$ref) {
    keys = response.$ref.slice(2).split('/')
    response = keys.reduce((at, key) => at[key], doc)
  }
  if (seen.body === null || response.content?.['*/*']) {
    return undefined
  }
  const type = seen.type.split(';')[0].trim()
  if (!response.content?.[type]) {
    return `${type} is not among the types of ${seen.status}`
  }
  return wrong([...keys, 'content', type, 'schema'], seen.body)
}

// A method that is none, a request that a web server cannot read.
const ofServers = [405, 408, 411, 414, 417, 431, 501, 502, 504, 505]

function judgeStatus(seen) {
  if (!ofServers.includes(seen.status)) {
    return `${seen.status} ${seen.body?.code} is not among its errors`
  }
  return seen.body ? wrong(problem, seen.body) : undefined
}

// -- All of it

const result = await new Validator().validate(doc)
test('the document', result.valid
  ? undefined : JSON.stringify(result.errors, null, 1).slice(0, 4000))

const groups = new Map()
const succeeded = new Set()
const codes = new Set()
let answers = 0

for (const name of fs.readdirSync(folder).filter(n => n.endsWith('.jsonl'))) {
  for (const line of fs.readFileSync(path.join(folder, name), 'utf8')
    .split('\n').filter(text => text)) {
    const seen = JSON.parse(line)
    const found = findOperation(seen)
    const group = `${found ? found.name : seen.method + ' (no route)'}` +
      ` ${seen.status}`
    answers += 1
    if (!groups.has(group)) {
      groups.set(group, undefined)
    }
    const fault = found ? judge(seen, found) : judgeAlone(seen)
    if (fault && !groups.get(group)) {
      groups.set(group, `${seen.by}: ${seen.method} ${seen.path}: ${fault}`)
    }
    if (found && seen.status < 400) {
      succeeded.add(`${found.method} ${found.route}`)
    }
    if (seen.body?.code && seen.status >= 400) {
      codes.add(seen.body.code)
    }
  }
}
for (const [name, fault] of groups) {
  test(name, fault)
}

if (all === '--all') {
  for (const route of routes) {
    for (const method of Object.keys(route.methods)) {
      test(`${method.toUpperCase()} ${route.name}`,
        succeeded.has(`${method} ${route.name}`)
          ? undefined : 'no test saw it succeed')
    }
  }
  for (const code of doc.components.schemas.Problem.properties.code.enum) {
    test(code, codes.has(code) ? undefined : 'no test saw this error')
  }
}
console.log(`${answers} answers of ${groups.size} kinds`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
