/* What a button asks for. */
import { Problem } from './api.js';
import { toast } from './toast.js';

/* Once at a time; a refusal is said.  The button keeps the focus. */
export function press(act) {
	let busy = false;
	return async () => {
		if (busy)
			return;
		busy = true;
		try {
			await act();
		} catch (problem) {
			if (!(problem instanceof Problem))
				throw problem;
			toast(problem.message);
		} finally {
			busy = false;
		}
	};
}
