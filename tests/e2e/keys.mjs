/* Whatever a pointer can do, keys can. */
import assert from 'node:assert/strict';
import { focus, heading, people, row, toast } from './browser.mjs';
import { ready } from './looks.mjs';

/* Before a page's scripts: notes what listens to a pointer. */
export function noteListeners() {
	const found = new Set();
	const add = EventTarget.prototype.addEventListener;
	EventTarget.prototype.addEventListener = function noted(name, ...more) {
		if (this instanceof Element && /^(click|dblclick|contextmenu|(pointer|mouse)(down|up)|drag(start)?|touch(start|end))$/
			.test(name))
			found.add(this);
		return add.call(this, name, ...more);
	};
	globalThis.pointed = found;
}

/*
 * What can be clicked and not come to by Tab, as texts.  Inside of a group that
 * one moves in by arrow keys (options, cells) one member is come to, or the
 * input that names the group.  main closes the menu, which Escape does; a grip
 * drags what the buttons beside it move; a dialog closes by Escape; a plot does
 * nothing.
 */
const unreachable = (page) => page.evaluate(() => {
	const plain = 'a[href],button,input,select,textarea,summary,audio,' +
		'[tabindex]';
	const other = 'main,dialog,.side,label,.u-wrap';
	const seen = (each) => each.isConnected &&
		each.checkVisibility({ visibilityProperty: true });
	const dragged = (each) => each.matches('.grip') &&
		each.closest('.row').querySelector('[aria-label^="Move"]');
	const inGroup = (each) => {
		if (each.role === 'option' || each.closest('[role=option]'))
			return document.querySelector(`[aria-controls="${
				each.closest('[role=listbox]').id}"]`);
		const group = each.closest('[role=grid],table');
		return group?.querySelector('[tabindex="0"]') &&
			each.closest('td,[role=gridcell]');
	};
	const bad = [...globalThis.pointed].filter((each) => seen(each) &&
		!each.matches(plain) && !each.matches(other) && !dragged(each) &&
		!inGroup(each) && !each.querySelector(plain));
	bad.push(...[...document.querySelectorAll(plain)].filter((each) =>
		seen(each) && each.tabIndex < 0 && each.id !== 'main' &&
		!each.matches('.live,.alert') && !inGroup(each)));
	return bad.map((each) => each.outerHTML.slice(0, 200));
});

export async function reachable(page, name) {
	assert.deepEqual(await unreachable(page), [], name);
}

const focused = (page) => page.evaluate(() => {
	const each = document.activeElement;
	const style = getComputedStyle(each);
	return { i: globalThis.stops.indexOf(each), body: each ===
		document.body, shown: style.outlineStyle !== 'none' ||
		style.boxShadow !== 'none' || each instanceof SVGElement ||
		/* One sees which part of a moment is typed. */
		each.matches('[type^=date], [type=time], audio'), what: each.outerHTML.slice(0, 120) };
});

/* By Tab one comes to all, in order, sees where one is, and gets out again. */
export async function walked(page, path) {
	await ready(page, path);
	const many = await page.evaluate(() => {
		globalThis.stops = [...document.querySelectorAll(
			'a[href],button,input,select,textarea,summary,[tabindex]')]
			.filter((each) => !each.disabled &&
				each.checkVisibility({ visibilityProperty: true }) &&
				each.tabIndex >= 0);
		document.activeElement.blur();
		return globalThis.stops.length;
	});
	const been = new Set();
	for (let i = 0; i < many + 20 && been.size < many; i += 1) {
		await page.keyboard.press('Tab');
		const at = await focused(page);
		assert.ok(at.shown || at.body, `${path}: no ring at ${at.what}`);
		if (at.i >= 0)
			been.add(at.i);
	}
	assert.deepEqual(await page.evaluate((all) => globalThis.stops.filter(
		(each, i) => !all.includes(i)).map((each) =>
		each.outerHTML.slice(0, 120)), [...been]), [], path);
}

/* Tab until what is named so has the focus. */
async function tabTo(page, role, name) {
	const to = await page.getByRole(role, { name }).first().elementHandle();
	/* Not through the whole menu: the first stop of a page leads past it. */
	if (await page.evaluate(() => document.activeElement === document.body)) {
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		await page.locator('main:focus').waitFor();
	}
	for (let i = 0; i < 120; i += 1) {
		if (await to.evaluate((each) => each === document.activeElement))
			return;
		await page.keyboard.press('Tab');
	}
	assert.fail(`Tab does not lead to ${role} ${name}`);
}

async function press(page, role, name) {
	await tabTo(page, role, name);
	await page.keyboard.press('Enter');
}

/* In a page: whether what can be undone is there when its time is over, while
   its button has the focus and later. */
async function undoStays() {
	const due = [];
	globalThis.setTimeout = (run) => due.push(run);
	const { toast: say } = await import('/js/toast.js');
	say('Gone', { text: 'Undo', run() {} });
	const made = [...document.querySelectorAll('.toast')].at(-1);
	made.querySelector('button').focus();
	due.at(-1)();
	const held = made.isConnected;
	made.querySelector('button').blur();
	due.at(-1)();
	return [held, made.isConnected];
}

export const keys = {
	async 'an extension lives and dies by keys alone'(page) {
		await page.goto('/sign-in.html?next=/extensions.html');
		await page.getByLabel('E-mail').and(page.locator(':focus')).waitFor();
		await page.keyboard.type(people.staff.email);
		await page.keyboard.press('Tab');
		await page.keyboard.type(people.staff.password);
		await page.keyboard.press('Enter');
		await row(page, '1001').waitFor();
		await press(page, 'link', 'New extension');
		await heading(page, 'New extension');
		await page.waitForFunction(() =>
			document.activeElement.matches('input'));
		await page.keyboard.type('1600');
		await tabTo(page, 'textbox', /^Name/);
		await page.keyboard.type('Keys');
		await press(page, 'button', 'Create extension');
		await heading(page, '1600 Keys');
		await press(page, 'button', 'Delete');
		await page.getByRole('dialog').waitFor();
		await press(page, 'button', /^Keep it/);
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		await press(page, 'button', 'Delete');
		await page.getByRole('dialog').waitFor();
		await tabTo(page, 'button', 'Keep it');
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		/* From its neighbour: a list is long, and the way back is not open
		   for ever. */
		await row(page, '1001').waitFor();
		await toast(page, 'is deleted').getByRole('button',
			{ name: 'Dismiss' }).focus();
		await page.keyboard.press('Shift+Tab');
		assert.equal(await focus(page), 'Undo');
		await page.keyboard.press('Enter');
		await row(page, '1600').waitFor();
	},
	async 'the focus stays where a list is drawn anew'(page) {
		await page.goto('/extensions.html');
		await row(page, '1600').waitFor();
		/* The link past the menu is another address: all is drawn anew. */
		await page.locator('main').focus();
		await press(page, 'button', 'Number');
		await page.locator('[aria-sort=descending]').waitFor();
		assert.equal(await focus(page), 'Number');
		/* What was deleted leaves its place to the next. */
		await press(page, 'button', 'Delete 1600 Keys');
		await page.getByRole('dialog').waitFor();
		await tabTo(page, 'button', 'Keep it');
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		await row(page, '1600').waitFor({ state: 'detached' });
		assert.match(await focus(page), /^Delete 1/);
		await page.locator('main').focus();
		await press(page, 'button', 'Deleted');
		await row(page, '1600').waitFor();
		assert.equal(await focus(page), 'Deleted');
		/* And the menu of a telephone gives it back. */
		await page.setViewportSize({ width: 360, height: 900 });
		await page.getByRole('button', { name: 'Pages' }).waitFor();
		await page.getByRole('button', { name: 'Pages' }).press('Enter');
		await page.locator('.side a:focus').first().waitFor();
		await page.keyboard.press('Escape');
		assert.equal(await focus(page), 'Pages');
		/* A list has no head there, and is sorted nevertheless. */
		assert.equal(await page.getByRole('button', { name: 'Number',
			exact: true }).count(), 0);
		await page.getByLabel('Order by').selectOption({ label: 'Name' });
		await page.waitForURL(/sort=name/);
		await row(page, '1600').waitFor();
		await page.setViewportSize({ width: 1280, height: 900 });
		assert.deepEqual(await page.evaluate(undoStays), [true, false]);
	},
	async 'Tab comes to all of a page, and out of it again'(page) {
		for (const path of ['/', '/extensions.html', '/settings.html',
			`/call-flow.html?number=${encodeURIComponent(people.staff.number)}`,
			'/business-hours.html?new', '/ring-groups.html?new'])
			await walked(page, path);
	},
};
