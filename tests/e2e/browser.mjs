/* A browser as people have it, and how they work with a form. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

export const base = process.env.BASE_URL;
export const people = JSON.parse(process.env.PEOPLE);

/* So long is waited for what shall be, in ms.  OPBX_SLOW: how many times the
   processor of the browser is slower than it is. */
const PATIENCE = 10000;

const flags = ['--headless', '--no-sandbox', '--disable-gpu',
	'--disable-quic', '--no-first-run', '--disable-background-networking',
	'--disable-component-update', '--disable-sync',
	/* A microphone that beeps, and nobody who is asked for it. */
	'--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/* A page of a browser of its own; faults: what its console complained of. */
export async function open(more = {}) {
	const folder = mkdtempSync(join(tmpdir(), 'opbx-e2e-'));
	const context = await chromium.launchPersistentContext(folder, {
		executablePath: '/usr/bin/chromium', args: flags, baseURL: base,
		viewport: { width: 1280, height: 900 }, timezoneId: 'Europe/Berlin',
		locale: 'en-US', ...more });
	const page = context.pages()[0] ?? await context.newPage();
	page.setDefaultTimeout(PATIENCE);
	if (process.env.OPBX_SLOW)
		await (await context.newCDPSession(page)).send(
			'Emulation.setCPUThrottlingRate',
			{ rate: Number(process.env.OPBX_SLOW) });
	const faults = [];
	const asked = [];
	/* Of data it is no fault that there is none; of a script it is. */
	page.on('response', (answer) => answer.status() >= 400 &&
		['script', 'stylesheet', 'image', 'font'].includes(
			answer.request().resourceType()) &&
		faults.push(`${page.url()}: ${answer.status()} ${answer.url()}`));
	page.on('pageerror', (error) => faults.push(`${page.url()}: ${error}`));
	page.on('console', (said) => said.type() === 'error' &&
		!/status of (401|404|409|412|415|422|503)/.test(said.text()) &&
		/* Signed out with a token of before. */
		!said.location().url.endsWith('/cgi-bin/session') &&
		faults.push(`${page.url()}: ${said.text()}`));
	page.on('request', (request) => asked.push(request.url()));
	return { page, faults, asked, async close() {
		await context.close();
		rmSync(folder, { recursive: true, force: true });
	} };
}

export async function signIn(page, who, next) {
	await page.goto(`/sign-in.html${next ? `?${new URLSearchParams(
		{ next })}` : ''}`);
	await page.getByLabel('E-mail').fill(who.email);
	await page.getByLabel('Password').fill(who.password);
	await page.getByRole('button', { name: 'Sign in' }).click();
	/* Operators are led on. */
	await page.waitForURL((url) => !url.pathname.startsWith('/sign-in') &&
		(who !== people.operator || url.pathname !== '/'));
}

/* No page is left that could notice. */
export async function signOut(page) {
	await page.goto('about:blank');
	await page.context().clearCookies();
}

const quoted = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/* The input of that label; "Member 2/Extension" is one inside of a row. */
export function input(page, label) {
	const [name, row] = label.split('/').reverse();
	const from = row ? page.getByRole('group', { name: row, exact: true })
		: page.locator('main form:not(aside form)');
	return from.getByLabel(new RegExp(`^${quoted(name)}( \\*)?$`)).first();
}

async function choose(box, text) {
	await box.fill(text);
	const list = box.page().locator(`#${await box.getAttribute(
		'aria-controls')}`);
	await list.getByRole('option', { name: text }).first().waitFor();
	await box.press('Enter');
	await list.waitFor({ state: 'hidden' });
}

/* value: a text, true, or [kind, text] of a target. */
async function put(page, label, value) {
	if (label.startsWith('+')) {
		await page.getByRole('button', { name: label.slice(1), exact: true })
			.first().click();
		return;
	}
	const to = input(page, label);
	const kind = await to.evaluate((each) => each.type === 'checkbox'
		? 'tick' : each.getAttribute('role') ?? each.tagName.toLowerCase());
	if (Array.isArray(value)) {
		await to.selectOption({ label: value[0] });
		if (value[1])
			await choose(to.locator('xpath=..').getByRole('combobox').last(),
				value[1]);
	} else if (kind === 'tick')
		await to.setChecked(value);
	else if (kind === 'select')
		await to.selectOption({ label: value });
	else if (kind === 'combobox')
		await choose(to, value);
	else
		await to.fill(value);
}

export async function fill(page, values) {
	for (const [label, value] of Object.entries(values))
		await put(page, label, value);
}

/* Until is() is true, or time is over; ends with whether it is. */
export async function until(page, is) {
	const end = Date.now() + PATIENCE;
	while (!await is()) {
		if (Date.now() > end)
			return false;
		await page.waitForTimeout(25);
	}
	return true;
}

/* Each input holds what was put there, which may be a name that is asked for. */
export async function holds(page, values) {
	for (const [label, value] of Object.entries(values)) {
		if (label.startsWith('+'))
			continue;
		const to = input(page, label);
		const wanted = Array.isArray(value) ? value[0] : value;
		await to.waitFor();
		const is = () => to.evaluate((each) => each.type === 'checkbox'
			? each.checked : each.tagName === 'SELECT'
				? each.selectedOptions[0].text : each.value);
		assert.ok(await until(page, async () => String(await is())
			.includes(String(wanted))),
		`${label} is ${await is()} instead of ${wanted}`);
	}
}

/* What is said at an input. */
export async function complaint(page, label) {
	const to = input(page, label);
	await page.waitForFunction((each) => each.getAttribute('aria-invalid') ===
		'true', await to.elementHandle());
	return to.evaluate((each) => each.getAttribute('aria-describedby')
		.split(' ').map((id) => document.getElementById(id))
		.filter((said) => said.matches('.complaint') && !said.hidden)
		.map((said) => said.textContent).join());
}

export const submit = (page) =>
	page.locator('main form:not(aside form) button[type=submit]').click();

export const heading = (page, text) =>
	page.getByRole('heading', { level: 1, name: text }).waitFor();

export const toast = (page, text) =>
	page.locator('.toast', { hasText: text }).last();

/* press: for a button, once more before it was answered; end(): how many
   requests to that path change something. */
export function twice(page, path) {
	let count = 0;
	const watch = (request) => {
		count += request.method() !== 'GET' && request.url().includes(path);
	};
	page.on('request', watch);
	return { end() {
		page.off('request', watch);
		return count;
	}, press(button) {
		button.click();
		button.click();
	} };
}

/* What has the focus, by what it says. */
export const focus = (page) => page.evaluate(() =>
	document.activeElement.ariaLabel ?? document.activeElement.textContent);

/* The row of a list that holds a text. */
export const row = (page, text) => page.locator('.rows tbody tr:not(.wait)',
	{ hasText: text });
