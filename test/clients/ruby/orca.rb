# frozen_string_literal: true

require 'json'
require 'net/http'
require 'strscan'
require 'uri'

# WebORCA's XML2 form: every element has a type, arrays hold <NAME_child> elements, empty elements are left out.
module Xml2
  ENTITIES = { '&amp;' => '&', '&lt;' => '<', '&gt;' => '>', '&quot;' => '"', '&apos;' => "'" }.freeze

  def self.write(root, record)
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><data>#{element(root, record)}</data>"
  end

  def self.element(name, value)
    case value
    when Hash then "<#{name} type=\"record\">#{value.map { |key, each| element(key, each) }.join}</#{name}>"
    when Array then "<#{name} type=\"array\">#{value.map { |each| element("#{name}_child", each) }.join}</#{name}>"
    else "<#{name} type=\"string\">#{value.to_s.gsub(/[&<>]/) { |mark| ENTITIES.key(mark) }}</#{name}>"
    end
  end

  def self.read(text)
    scanner = StringScanner.new(text)
    scanner.skip(/\s*<\?xml[^>]*\?>\s*/)
    scanner.skip(/<xmlio2>\s*/) or raise "no XML2: #{text[0, 80]}"
    node(scanner)
  end

  # [name, value] of the element that begins here.
  def self.node(scanner)
    scanner.skip(/\s*/)
    scanner.scan(/<([\w.]+)(?:\s+type="(\w+)")?>/) or raise "no element at #{scanner.pos}"
    name, type = scanner[1], scanner[2]
    value = type == 'string' ? scanner.scan(/[^<]*/).gsub(/&\w+;/) { |entity| ENTITIES.fetch(entity) } : inner(scanner, type)
    scanner.skip(%r{\s*</#{Regexp.escape(name)}>}) or raise "#{name} does not end"
    [name, value]
  end

  def self.inner(scanner, type)
    nodes = []
    nodes << node(scanner) while scanner.check(/\s*<\w/)
    type == 'array' ? nodes.map(&:last) : nodes.to_h
  end
end

# One WebORCA, as a third party would reach it: Net::HTTP, Basic, one call after the other.
class Orca
  class Refused < StandardError
    attr_reader :code

    def initialize(code, message)
      @code = code
      super("#{code} #{message}")
    end
  end

  def initialize(url, user, password, form)
    @base = URI(url)
    @user = user
    @password = password
    @form = form
  end

  def get(path, query)
    send_request(Net::HTTP::Get, path, query, nil)
  end

  def post(path, root, record, query = {})
    body = @form == 'json' ? JSON.generate(root => record) : Xml2.write(root, record)
    send_request(Net::HTTP::Post, path, query, body)
  end

  private

  def send_request(kind, path, query, body)
    query = query.merge(format: 'json') if @form == 'json'
    target = "/api#{path}"
    target += "?#{URI.encode_www_form(query)}" unless query.empty?
    request = kind.new(target, 'Content-Type' => "application/#{@form}")
    request.basic_auth(@user, @password)
    request.body = body if body
    answer = Net::HTTP.start(@base.host, @base.port, use_ssl: @base.scheme == 'https') { |http| http.request(request) }
    raise "#{path}: HTTP #{answer.code}" unless answer.is_a?(Net::HTTPOK)

    read(answer.body.dup.force_encoding(Encoding::UTF_8))
  end

  # All zeros, or a warning beginning with K or W: done. S: a question. Old servers fill arrays with {}.
  def read(text)
    record = without_padding(@form == 'json' ? JSON.parse(text).values.first : Xml2.read(text).last)
    code = record.fetch('Api_Result')
    return record if code.match?(/\A(?:0+|[KWS]\w*)\z/)

    raise Refused.new(code, record['Api_Result_Message'])
  end

  def without_padding(value)
    case value
    when Hash then value.transform_values { |each| without_padding(each) }
    when Array then value.reject { |each| each == {} }.map { |each| without_padding(each) }
    else value
    end
  end
end
