/* Runs all of it, and ends in "N passed, N failed". */
import assert from 'node:assert/strict';
import { base, open, people, signIn, signOut } from './browser.mjs';
import { finding, platform } from './finding.mjs';
import { asks, docs, forms, hostile, looks, oneScreen, pages }
	from './looks.mjs';
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

async function working() {
	const one = await open();
	const [first, ...rest] = Object.entries(others);
	await test(first[0], () => first[1](one.page));
	if (only)
		await signIn(one.page, people.full);
	for (const name of Object.keys(resources))
		await test(`${name}: refused, made, changed, deleted, restored`,
			() => resource(one.page, name));
	for (const [name, run] of [...Object.entries(hours), ...Object.entries(finding),
		...rest])
		await test(name, () => run(one.page));
	for (const [name, run] of Object.entries(traffic))
		await test(name, () => run(one.page));
	await test('pages fault nothing, and ask nobody else', () => {
		assert.deepEqual(one.faults, []);
		assert.deepEqual(one.asked.filter((each) =>
			!each.startsWith(`${base}/`)), []);
	});
	await one.close();
}

async function looking() {
	const one = await open();
	await test('sign-in: looks', () => looks(one.page, '/sign-in.html',
		'sign-in'));
	await test('docs: looks, and is there for everybody', () => oneScreen(
		one.page, '/docs/', 'docs'));
	await signIn(one.page, people.full);
	await test('dashboard: looks', () => looks(one.page, '/', 'dashboard'));
	for (const name of [...pages, 'settings'])
		await test(`${name}: looks, and says what it is`, async () => {
			await looks(one.page, `/${name}.html`, name);
			await asks(one.page, name);
		});
	for (const [name, question] of Object.entries(docs))
		await test(`${question} looks`, () => oneScreen(one.page,
			`/docs/${name}.html`, `docs-${name}`));
	for (const [name, path] of Object.entries(trafficPages))
		await test(`${name}: looks`, () => looks(one.page, path, name));
	for (const name of forms)
		await test(`${name}: its form looks, and says what it is`, async () => {
			await looks(one.page, `/${name}.html?new`, `${name}-new`);
			await asks(one.page, name);
		});
	for (const name of ['extensions', 'ring-groups', 'prompts', 'dids',
		'conference-rooms', 'voicemails', 'calls',
		'audit?object_type=prompt'])
		await test(`${name}: hostile names are text`, () => hostile(one.page,
			`/${name.replace(/\?|$/, '.html$&')}`, process.env.HOSTILE));
	/* A picture is taken with a style of its own. */
	await test('looking faults nothing', () => assert.deepEqual(
		one.faults.filter((each) => !/inline style/.test(each)), []));
	await signOut(one.page);
	await signIn(one.page, people.bare);
	for (const name of ['dids', 'extensions', 'ring-groups'])
		await test(`${name}: says what to do first`, () => looks(one.page,
			`/${name}.html`, `${name}-empty`));
	await test('first run: looks', () => looks(one.page, '/first-run.html',
		'first-run'));
	await test('dashboard: says what to do first', () => looks(one.page, '/',
		'dashboard-empty'));
	for (const [name, run] of Object.entries(beginning))
		await test(name, () => run(one.page));
	await signOut(one.page);
	await signIn(one.page, people.operator);
	for (const [name, run] of Object.entries(platform))
		await test(name, () => run(one.page));
	await test('organizations: looks', () => looks(one.page,
		'/organizations.html', 'organizations'));
	await one.close();
}

await Promise.all([working(), looking()]);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
