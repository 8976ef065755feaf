// client.mjs CLIENT: a client that a public generator made of the document
// signs in and creates an extension.  Environment: BASE_URL, EMAIL, PASSWORD,
// ORGANIZATION.
import assert from 'node:assert'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const client = await import(pathToFileURL(path.resolve(process.argv[2])))
const { OpenAPI, ApiError, SessionService, ExtensionsService } = client

// A browser keeps cookies, node does not.
const jar = new Map()
const plain = globalThis.fetch
globalThis.fetch = async (url, options) => {
  const headers = new Headers(options.headers)
  if (jar.size > 0) {
    headers.set('Cookie', [...jar].map(([k, v]) => `${k}=${v}`).join('; '))
  }
  const answer = await plain(url, { ...options, headers })
  for (const line of answer.headers.getSetCookie()) {
    const [pair] = line.split(';')
    jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
  }
  return answer
}

OpenAPI.BASE = process.env.BASE_URL + '/cgi-bin'
OpenAPI.WITH_CREDENTIALS = true

async function refused(promise, status) {
  await assert.rejects(promise, error => {
    assert(error instanceof ApiError, error)
    assert.equal(error.status, status, JSON.stringify(error.body))
    return true
  })
}

const person = { email: process.env.EMAIL,
  organization: process.env.ORGANIZATION }
await refused(SessionService.createSession({
  requestBody: { ...person, password: 'not the password' } }), 401)
await refused(ExtensionsService.listExtensions({}), 401)
const session = await SessionService.createSession({
  requestBody: { ...person, password: process.env.PASSWORD } })

const body = { number: '1001', name: 'Ann' }
await refused(ExtensionsService.createExtension({ requestBody: body }), 403)
OpenAPI.HEADERS = { 'X-CSRF-Token': session.data.csrf_token }
const made = await ExtensionsService.createExtension({ requestBody: body })
assert.equal(made.data.number, '1001')
await refused(ExtensionsService.createExtension({ requestBody: body }), 422)
const list = await ExtensionsService.listExtensions({ q: 'Ann' })
assert.deepEqual(list.data.map(each => each.id), [made.data.id])
assert.equal(list.meta.total, 1)
const shown = await ExtensionsService.showExtension({ id: made.data.id })
assert.deepEqual(shown.data, made.data)
console.log('signed in and created extension', made.data.number)
