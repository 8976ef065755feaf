/* Every page in both themes at both widths: axe-core, and a picture. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { heading } from './browser.mjs';
import { reachable } from './keys.mjs';

const axe = readFileSync(createRequire(import.meta.url)
	.resolve('axe-core/axe.min.js'), 'utf8');
const screens = process.env.SCREENS;

export const pages = ['dids', 'extensions', 'ring-groups', 'ivr-menus',
	'business-hours', 'conference-rooms', 'outbound-rules', 'blocked-callers',
	'prompts', 'recordings', 'voicemails', 'users', 'notifications', 'tokens',
	'audit', 'calls', 'cdrs'];
export const forms = ['extensions', 'ring-groups', 'ivr-menus',
	'business-hours', 'outbound-rules', 'users', 'notifications', 'tokens'];

/* Of a kind each: one that is there already. */
export const objects = JSON.parse(process.env.OBJECTS);

/* All data is there, and the names of what it refers to. */
export async function ready(page, path) {
	await page.goto(path);
	await page.locator('main:not([aria-busy])').waitFor();
	await page.waitForFunction(() => !document.querySelector('.side') ||
		document.querySelector('.side [aria-current=page]'));
	await page.waitForFunction(() => ![...document.querySelectorAll('main a')]
		.some((each) => each.textContent === '…'));
}

const BUDGET = 60 * 1024;
/* Of the screen, by how far; a tenth is what Web Vitals call good. */
const MOVES = 0.002;

const weights = new Map();

/* What all scripts of this page weigh, packed as the servers pack them. */
async function weight(page) {
	const files = await page.evaluate(() => performance.getEntriesByType(
		'resource').map((each) => new URL(each.name).pathname));
	return [...new Set(files)].filter((each) => each.endsWith('.js'))
		.reduce((sum, each) => {
			if (!weights.has(each))
				weights.set(each, gzipSync(readFileSync(new URL(
					`../../build/www${each}`, import.meta.url))).length);
			return sum + weights.get(each);
		}, 0);
}

/* How much moved by itself, a share of the screen by how far, and what; not
   what moves inside of the browser's own player. */
const moved = (page) => page.evaluate(() => new Promise((end) => {
	const found = { sum: 0, what: [] };
	const watch = new PerformanceObserver((list) => {
		for (const each of list.getEntries().filter((one) =>
			!one.hadRecentInput && one.sources.some(({ node }) => node))) {
			found.sum += each.value;
			found.what.push(...each.sources.map(({ node, previousRect: from,
				currentRect: to }) => `${(node?.outerHTML ?? node?.textContent
				?? '').slice(0, 80)} from ${from.x} ${from.y} to ${to.x} ${
				to.y}`));
		}
	});
	watch.observe({ type: 'layout-shift', buffered: true });
	requestAnimationFrame(() => setTimeout(() => end(found), 0));
}));

async function check(page, what) {
	const found = await page.evaluate(async () => (await globalThis.axe.run(
		document, { resultTypes: ['violations'] })).violations.map((each) =>
		`${each.id}: ${each.nodes.map((node) => node.html.slice(0, 150))
			.slice(0, 3).join(' ')}`));
	assert.deepEqual(found, [], what);
	const over = await page.evaluate(() =>
		document.documentElement.scrollWidth - innerWidth);
	assert.ok(over <= 0, `${what} is ${over} px too wide`);
}

export async function looks(page, path, name) {
	await ready(page, path);
	const shift = await moved(page);
	assert.ok(shift.sum < MOVES, `${name} moves by ${shift.sum}: ${
		shift.what.join(' ')}`);
	const heavy = await weight(page);
	assert.ok(heavy > 0 && heavy < BUDGET, `${name} weighs ${heavy}`);
	await reachable(page, name);
	await page.evaluate(axe);
	for (const width of [1280, 360])
		for (const colorScheme of ['light', 'dark']) {
			await page.setViewportSize({ width, height: 900 });
			await page.emulateMedia({ colorScheme,
				reducedMotion: 'reduce' });
			await page.screenshot({ fullPage: true,
				path: join(screens, `${name}-${colorScheme}-${width}.png`) });
			await check(page, `${name} ${colorScheme} ${width}`);
		}
}

/* A thing, and the question that its page answers. */
export const docs = { dids: 'What is a number?',
	'ring-groups': 'What is a ring group?', 'ivr-menus': 'What is a menu?',
	'business-hours': 'What are business hours?',
	'outbound-rules': 'What is an outbound rule?' };

/* The page that is shown asks it, and leads to the answer. */
export async function asks(page, name) {
	const link = page.locator('main .head a.asks');
	if (!docs[name]) {
		assert.equal(await link.count(), 0);
		return;
	}
	assert.equal(await link.textContent(), docs[name]);
	await link.click();
	await page.waitForURL(`/docs/${name}.html`);
	await heading(page, docs[name]);
}

/* A page of www/docs is one screen on a desk. */
export async function oneScreen(page, path, name) {
	await looks(page, path, name);
	await page.setViewportSize({ width: 1280, height: 800 });
	const high = await page.evaluate(() =>
		document.documentElement.scrollHeight);
	assert.ok(high <= 800, `${path} is ${high} px high`);
}

/* In a table of texts, no cell begins as a formula does. */
async function harmless(page, path) {
	const link = page.getByRole('link', { name: 'CSV' });
	if (await link.count() === 0)
		return;
	const csv = await (await page.request.get(await link.getAttribute('href')))
		.text();
	assert.ok(csv.includes('<b onclick'), `the CSV of ${path} has no names`);
	assert.doesNotMatch(csv, /(^|,|\n)"?[=@\t]/, path);
}

/* Hostile names are text, and nothing of them is an element. */
export async function hostile(page, path, text) {
	await ready(page, path);
	const seen = await page.evaluate(() => ({ text: document.querySelector(
		'main').textContent + [...document.querySelectorAll(
		'main input, main textarea')].map((each) => each.value).join(),
	made: document.querySelectorAll('main b[onclick], main script').length }));
	assert.ok(seen.text.includes(text), `${path} does not show it as it is`);
	assert.equal(seen.made, 0, path);
	await harmless(page, path);
}
