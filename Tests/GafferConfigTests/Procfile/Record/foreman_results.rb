# Prints how foreman reads each file of the corpus.

require "json"
require "foreman"
require "foreman/env"
require "foreman/procfile"
require "foreman/version"

def procfile(path)
  entries = []
  Foreman::Procfile.new(path).entries { |name, command| entries << [name, command] }
  entries
end

# As Foreman::Engine#load_env, file after file.
def environment(paths)
  variables = {}
  paths.each do |path|
    Foreman::Env.new(path).entries { |name, value| variables[name] = value }
  end
  variables
end

def result
  { "result" => yield }
rescue StandardError => error
  { "error" => error.class.name }
end

corpus = ARGV.fetch(0)
results = { "program" => "foreman", "version" => Foreman::VERSION, "procfiles" => {}, "environments" => {} }
Dir.children("#{corpus}/Procfiles").sort.each do |name|
  results["procfiles"][name] = result { procfile("#{corpus}/Procfiles/#{name}") }
end
Dir.children("#{corpus}/Environments").sort.each do |name|
  path = "#{corpus}/Environments/#{name}"
  paths = File.directory?(path) ? Dir.children(path).sort.map { |part| "#{path}/#{part}" } : [path]
  results["environments"][name] = result { environment(paths) }
end
puts JSON.pretty_generate(results)
