/* A drawing that is moved and made larger: by mouse, fingers, keys, buttons. */
import { h, iconButton } from './dom.js';

const NEAREST = 2.5;
const FARTHEST = 0.15;
const STEP = 1.25;
const MOVE = 60;
const plus = 'M8 3v10M3 8h10';
const minus = 'M3 8h10';
const whole = 'M2.500 6V2.500H6M10 2.500h3.500V6M13.500 10v3.500H10M6 13.500H2.500V10';

const far = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

/* box: [x, y, width, height] of what svg holds. */
export function viewer(svg, box) {
	const pane = h('div', { class: 'pane', tabindex: '0', role: 'group',
		'aria-label': 'Picture: arrow keys move it, plus and minus make ' +
		'it larger and smaller, 0 shows all of it' }, svg);
	let scale = 1;
	let x = 0;
	let y = 0;
	let moved = false;
	const held = new Map();

	function show() {
		svg.setAttribute('viewBox', `${x} ${y} ${pane.clientWidth / scale} ${
			pane.clientHeight / scale}`);
	}

	function fit() {
		const wide = pane.clientWidth;
		const high = pane.clientHeight;
		if (wide === 0)
			return;
		scale = Math.max(FARTHEST, Math.min(wide / box[2], high / box[3],
			1.15));
		x = box[0] - (wide / scale - box[2]) / 2;
		y = box[1] - (high / scale - box[3]) / 2;
		/* What does not fit begins with its beginning. */
		if (x > box[0])
			x = box[0];
		show();
	}

	/* px, py: the point of the pane that stays where it is. */
	function zoom(by, px = pane.clientWidth / 2, py = pane.clientHeight / 2) {
		const to = Math.max(FARTHEST, Math.min(NEAREST, scale * by));
		x += px / scale - px / to;
		y += py / scale - py / to;
		scale = to;
		show();
	}

	function placeOf(event) {
		const at = pane.getBoundingClientRect();
		return { x: event.clientX - at.left, y: event.clientY - at.top };
	}

	function move(dx, dy) {
		x += dx / scale;
		y += dy / scale;
		show();
	}

	const keys = { ArrowLeft: () => move(-MOVE, 0),
		ArrowRight: () => move(MOVE, 0), ArrowUp: () => move(0, -MOVE),
		ArrowDown: () => move(0, MOVE), '+': () => zoom(STEP),
		'=': () => zoom(STEP), '-': () => zoom(1 / STEP), 0: fit };
	pane.addEventListener('keydown', (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey ||
			!(event.key in keys))
			return;
		event.preventDefault();
		keys[event.key]();
	});
	pane.addEventListener('wheel', (event) => {
		if (!event.ctrlKey && !event.metaKey)
			return;
		event.preventDefault();
		const at = placeOf(event);
		zoom(event.deltaY < 0 ? STEP : 1 / STEP, at.x, at.y);
	}, { passive: false });
	/* One finger, or the mouse, moves it; two make it larger and smaller. */
	pane.addEventListener('pointerdown', (event) => {
		if (event.button !== 0 || held.size === 2)
			return;
		if (held.size === 0)
			moved = false;
		held.set(event.pointerId, placeOf(event));
	});
	pane.addEventListener('pointermove', (event) => {
		const from = held.get(event.pointerId);
		if (event.buttons === 0)
			held.delete(event.pointerId);
		if (!from || event.buttons === 0)
			return;
		const to = placeOf(event);
		const other = [...held].find(([id]) => id !== event.pointerId)?.[1];
		if (!moved && !other && far(from, to) < 4)
			return;
		moved = true;
		pane.setPointerCapture(event.pointerId);
		held.set(event.pointerId, to);
		if (other)
			zoom(far(to, other) / Math.max(far(from, other), 1),
				(from.x + other.x) / 2, (from.y + other.y) / 2);
		/* What is between two fingers goes half as far as one of them. */
		move((from.x - to.x) / held.size, (from.y - to.y) / held.size);
	});
	for (const name of ['pointerup', 'pointercancel'])
		pane.addEventListener(name, (event) => held.delete(event.pointerId));
	/* What was moved was not meant to be opened; keys have no detail. */
	pane.addEventListener('click', (event) => {
		if (moved && event.detail > 0)
			event.preventDefault();
	}, true);
	svg.addEventListener('dragstart', (event) => event.preventDefault());
	/* What has the focus is seen. */
	svg.addEventListener('focusin', (event) => {
		const at = event.target.getBBox?.();
		if (!at || !event.target.matches(':focus-visible'))
			return;
		x = at.x + at.width / 2 - pane.clientWidth / scale / 2;
		y = at.y + at.height / 2 - pane.clientHeight / scale / 2;
		show();
		pane.scrollTo(0, 0);
	});
	new ResizeObserver(fit).observe(pane);
	return h('div', { class: 'viewer' }, pane, h('div', { class: 'zooms' },
		iconButton('Larger', plus, () => zoom(STEP)),
		iconButton('Smaller', minus, () => zoom(1 / STEP)),
		iconButton('All of it', whole, fit)));
}
