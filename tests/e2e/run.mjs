/*
 * Runs the tests of PART, and ends in "N passed, N failed".  Behind one server
 * is shown how the pages work, behind another how they look: each way every
 * page is seen, the five steps are taken, and all of it without scripts.
 */
import assert from 'node:assert/strict';
import { base, open, people, signIn, signOut } from './browser.mjs';
import { far } from './far.mjs';
import { finding, platform } from './finding.mjs';
import { typing } from './forms.mjs';
import { keys, noteListeners } from './keys.mjs';
import { asks, docs, forms, hostile, looks, objects, oneScreen, pages }
	from './looks.mjs';
import { withoutScripts } from './plain.mjs';
import { rolesSeeTheirs } from './roles.mjs';
import { beginning, hours } from './setting-up.mjs';
import { traffic, trafficPages } from './traffic.mjs';
import { others, resource, resources } from './work.mjs';

let passed = 0;
let failed = 0;
/* Which tests run, as a regular expression. */
const only = process.env.OPBX_ONLY && new RegExp(process.env.OPBX_ONLY);

async function test(name, run) {
	if (only && !only.test(name))
		return;
	const begin = Date.now();
	try {
		await run();
		passed += 1;
		if (process.env.OPBX_TIMES)
			console.log(`${name}: ${Date.now() - begin} ms`);
	} catch (error) {
		failed += 1;
		console.log(`FAILED ${name}: ${error.stack}`);
	}
}

async function each(tests, page) {
	for (const [name, run] of Object.entries(tests))
		await test(name, () => run(page));
}

async function working() {
	const one = await open();
	const [first, ...rest] = Object.entries(others);
	await test(first[0], () => first[1](one.page));
	if (only)
		await signIn(one.page, people.full);
	for (const name of Object.keys(resources))
		await test(`${name}: refused, made, changed, deleted, restored`,
			() => resource(one.page, name));
	for (const tests of [hours, finding, Object.fromEntries(rest), typing,
		traffic])
		await each(tests, one.page);
	await test('pages fault nothing, and ask nobody else', () => {
		assert.deepEqual(one.faults, []);
		assert.deepEqual(one.asked.filter((url) =>
			!url.startsWith(`${base}/`)), []);
	});
	await one.close();
}

/* The five steps, and a prompt that is sent as a file. */
async function beginsAnew(page) {
	await signIn(page, people.begin);
	await each(beginning, page);
	const spoken = 'a prompt is spoken into the browser';
	await test(spoken, () => finding[spoken](page));
}

/* In organizations of their own. */
async function visiting() {
	await rolesSeeTheirs(test);
	const one = await open();
	await signIn(one.page, people.far);
	await each(far, one.page);
	await signOut(one.page);
	await beginsAnew(one.page);
	await signOut(one.page);
	await signIn(one.page, people.operator);
	await each(platform, one.page);
	await signOut(one.page);
	await each(keys, one.page);
	await test('visitors fault nothing', () =>
		assert.deepEqual(one.faults, []));
	await one.close();
	await withoutScripts(test);
}

async function looking() {
	const one = await open();
	await one.page.addInitScript(noteListeners);
	const look = (path, name) => test(`${name}: looks`, () =>
		looks(one.page, path, name));
	await look('/sign-in.html', 'sign-in');
	await test('docs: looks, and is there for everybody', () => oneScreen(
		one.page, '/docs/', 'docs'));
	await signIn(one.page, people.full);
	await look('/', 'dashboard');
	for (const name of [...pages, 'settings'])
		await test(`${name}: looks, and says what it is`, async () => {
			await looks(one.page, `/${name}.html`, name);
			await asks(one.page, name);
		});
	for (const [name, question] of Object.entries(docs))
		await test(`${question} looks`, () => oneScreen(one.page,
			`/docs/${name}.html`, `docs-${name}`));
	for (const [name, path] of Object.entries({ ...trafficPages, ...objects }))
		await look(path, name);
	for (const name of forms)
		await test(`${name}: its form looks, and says what it is`, async () => {
			await looks(one.page, `/${name}.html?new`, `${name}-new`);
			await asks(one.page, name);
		});
	for (const name of ['extensions', 'ring-groups', 'prompts', 'dids',
		'conference-rooms', 'voicemails', 'calls', 'blocked-callers',
		'audit?object_type=prompt'])
		await test(`${name}: hostile names are text`, () => hostile(one.page,
			`/${name.replace(/\?|$/, '.html$&')}`, process.env.HOSTILE));
	/* A picture is taken with a style of its own. */
	await test('looking faults nothing', () => assert.deepEqual(
		one.faults.filter((fault) => !/inline style/.test(fault)), []));
	await signOut(one.page);
	await signIn(one.page, people.bare);
	for (const name of ['dids', 'extensions', 'ring-groups'])
		await look(`/${name}.html`, `${name}-empty`);
	await look('/first-run.html', 'first-run');
	await look('/', 'dashboard-empty');
	await signOut(one.page);
	await signIn(one.page, people.operator);
	await look('/organizations.html', 'organizations');
	await signOut(one.page);
	/* What flows, and what is asked for in parts. */
	await signIn(one.page, people.full);
	for (const name of ['live calls come and go by themselves',
		'a recording is listened to from its middle on'])
		await test(name, () => traffic[name](one.page));
	await one.close();
}

async function beside() {
	const one = await open();
	await beginsAnew(one.page);
	await test('who begins faults nothing', () =>
		assert.deepEqual(one.faults, []));
	await one.close();
	await withoutScripts(test);
}

const parts = { works: [working, visiting], looks: [looking, beside] };
await Promise.all(parts[process.env.PART].map((run) => run()));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
