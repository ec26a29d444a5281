# The library inside push-exchanger: faye-websocket. Says what comes, line by line.
require 'base64'
require 'eventmachine'
require 'faye/websocket'
require 'json'

url, user, password = ARGV
$stdout.sync = true

EM.run do
  headers = {
    'X-GINBEE-TENANT-ID' => '1',
    'Authorization' => "Basic #{Base64.strict_encode64("#{user}:#{password}")}"
  }
  socket = Faye::WebSocket::Client.new(url, [], headers: headers)
  socket.on(:open) { socket.send(JSON.generate('command' => 'subscribe', 'req.id' => 'ruby-1', 'event' => '*')) }
  socket.on(:message) { |message| puts message.data }
  socket.on(:error) { |error| puts JSON.generate('command' => 'failed', 'reason' => error.message) }
  socket.on(:close) do |event|
    puts JSON.generate('command' => 'closed', 'code' => event.code)
    EM.stop
  end
end
