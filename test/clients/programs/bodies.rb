# Downloads and uploads with net/http; a line for each: what, status, digest.
require 'net/http'
require 'digest'
require 'stringio'

user, password, download, upload, folder, *ways = ARGV

def say(what, answer)
  puts "#{what}: #{answer.code} #{Digest::SHA256.hexdigest(answer.body || '')}"
end

ways.each do |way|
  uri = URI(way)
  Net::HTTP.start(uri.host, uri.port) do |http|
    [0, 1, 65_537, 3_000_001].each do |size|
      body = File.binread(File.join(folder, "body-#{size}"))
      ask = lambda do |request|
        request.basic_auth(user, password)
        http.request(request)
      end
      say("GET #{size}", ask.(Net::HTTP::Get.new("#{download}?bytes=#{size}")))
      say("GET chunked #{size}", ask.(Net::HTTP::Get.new("#{download}?bytes=#{size}&chunked")))
      plain = Net::HTTP::Post.new(upload, 'Content-Type' => 'application/xml')
      plain.body = body
      say("POST #{size}", ask.(plain))
      chunked = Net::HTTP::Post.new(upload, 'Content-Type' => 'application/xml', 'Transfer-Encoding' => 'chunked')
      chunked.body_stream = StringIO.new(body)
      say("POST chunked #{size}", ask.(chunked))
      expecting = Net::HTTP::Post.new(upload, 'Content-Type' => 'application/xml', 'Expect' => '100-continue')
      expecting.body = body
      say("POST expecting #{size}", ask.(expecting))
    end
  end
  puts '--'
end
