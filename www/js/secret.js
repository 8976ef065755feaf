/* Values to copy, and secrets that are shown when asked for. */
import { h, iconButton, icons } from './dom.js';
import { toast } from './toast.js';
import { none } from './words.js';

export function copyable(value, hidden) {
	if (value === null || value === undefined || value === '')
		return none();
	/* Stars are all that this role may see. */
	const masked = value === '***';
	const text = h('code', {}, hidden ? '••••••••' : value);
	const copy = iconButton('Copy', icons.copy, () =>
		navigator.clipboard.writeText(value).then(
			() => toast('Copied'), () => toast('Copying is not ' +
				'allowed here: select it instead')));
	const show = h('button', { type: 'button', class: 'plain', onclick() {
		text.textContent = value;
		show.remove();
		copy.focus();
	} }, 'Show');
	return h('span', { class: 'secret' }, text,
		hidden && !masked ? show : null,
		masked ? null : copy);
}
