-- For wrk: posts the calls of a file, one after another.
--
-- wrk ... -s load.lua URL -- PATH CALLS OFFSET BODY HEADER...
-- CALLS has a line a call, "DOMAIN<tab>KEY<tab>TO<tab>FROM"; BODY and the
-- headers have those words between two @ where a call's go.  Requests are made
-- before the run: writing them is not what is measured.  But where BODY has
-- @N@, each request has digits of its own there, always as many.

local ready, next_one = {}, 0
local numbered, number = false, 0

local function fill(text, call)
	return (text:gsub("@(%u+)@", call))
end

function init(args)
	local path, calls, offset, body = args[1], args[2], args[3], args[4]

	numbered = body:find("@N@", 1, true) ~= nil
	number = os.time() % 1000000 * 1000000000
	body = body:gsub("@N@", string.rep("@", 16))
	for line in io.lines(calls) do
		local call, headers = {}, {}

		call.DOMAIN, call.KEY, call.TO, call.FROM =
		    line:match("([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)")
		for i = 5, #args do
			local name, value = args[i]:match("([^:]*): (.*)")
			headers[name] = fill(value, call)
		end
		ready[#ready + 1] =
		    wrk.format("POST", path, headers, fill(body, call))
	end
	next_one = tonumber(offset)
end

local function pieces(text)
	local found, from = {}, 1

	for at in text:gmatch("()" .. string.rep("@", 16)) do
		found[#found + 1] = text:sub(from, at - 1)
		from = at + 16
	end
	found[#found + 1] = text:sub(from)
	return found
end

function request()
	next_one = next_one % #ready + 1
	if not numbered then
		return ready[next_one]
	end
	number = number + 1
	if type(ready[next_one]) == "string" then
		ready[next_one] = pieces(ready[next_one])
	end
	return table.concat(
	    ready[next_one], string.format("%016d", number))
end

function done(summary, latency)
	local e = summary.errors

	io.write(string.format("FIGURES %d %d %d %d %d\n", summary.requests,
	    summary.duration, latency:percentile(50), latency:percentile(99),
	    e.connect + e.read + e.write + e.timeout + e.status))
end
