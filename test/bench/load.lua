-- wrk with one fixed request, and its result as one line of JSON. Arguments: authorization, and for a POST its body.

function init(args)
  wrk.headers["Authorization"] = args[1]
  wrk.headers["Accept"] = "*/*"
  wrk.headers["User-Agent"] = "bench"
  if args[2] then
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/xml"
    wrk.body = args[2]
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"p50Ms":%.4f,"p99Ms":%.4f,"broken":%d,"refused":%d,"late":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write, errors.status, errors.timeout))
end
