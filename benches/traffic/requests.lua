-- Asks for the lines of a file in turn, and says what came of it as one line of JSON.
-- wrk -s requests.lua http://host:port -- FILE

local paths = {}
local at = 0

function init(args)
  for line in io.lines(args[1]) do
    paths[#paths + 1] = line
  end
  -- Each thread begins somewhere else.
  math.randomseed(os.time())
  at = math.random(#paths)
end

function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end

function done(summary, latency, requests)
  local e = summary.errors
  local ms = function(p) return latency:percentile(p) / 1000 end
  io.write(string.format(
    '{"requests":%d,"seconds":%.3f,"p50":%.3f,"p99":%.3f,"p999":%.3f,"max":%.3f,"status":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, ms(50), ms(99), ms(99.9), latency.max / 1000,
    e.status, e.connect + e.read + e.write + e.timeout))
end
