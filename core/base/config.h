#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace ddnn {

/// The operator's mistake: main() prints the message and exits with
/// kExitConfig. The message names file:line, key, value, what is allowed, and
/// the remedy.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The keys that one program's YAML file may hold, each bound to a field.
///
/// One table per program is the only place that knows a key: it reads it,
/// checks it and documents it. Keys are dotted paths ("mqtt.url").
///
///     ConfigTable table;
///     table.Id("site", &config.site, "the site's id").Required();
///     table.Integer("queue", &config.queue, 1, 10000, "messages held at
///     most"); table.Load("edge.yaml");
///
/// Fields keep their initial value, the documented default, where the file is
/// silent. Thread-safety: none; used at start-up only.
class ConfigTable {
 public:
  class Key;

  ConfigTable();
  ~ConfigTable();
  ConfigTable(const ConfigTable&) = delete;
  ConfigTable& operator=(const ConfigTable&) = delete;

  /// Any text.
  Key& Text(std::string path, std::string* field, std::string help);
  /// A topic level: see IsValidId().
  Key& Id(std::string path, std::string* field, std::string help);
  /// A file name; relative names count from the folder of the YAML file.
  Key& Path(std::string path, std::filesystem::path* field, std::string help);
  /// One of a few words.
  Key& Choice(std::string path, std::string* field,
              std::vector<std::string> choices, std::string help);
  Key& Integer(std::string path, int* field, int min, int max,
               std::string help);
  Key& Number(std::string path, double* field, double min, double max,
              std::string help);
  Key& Bool(std::string path, bool* field, std::string help);

  /// What to do about keys that the table does not have.
  enum class Unknown { kRefuse, kLeave };

  /// Reads and checks a file.
  /// \param unknown  kLeave: the file is another program's, too.
  /// \throws ConfigError  not readable, not YAML, unknown key, wrong type,
  ///     out of range, or a required key is missing. All faults of a file are
  ///     listed, one a line.
  void Load(const std::filesystem::path& file,
            Unknown unknown = Unknown::kRefuse);

  /// Sets one key as if a file had said so, e.g. from a command line.
  /// \param assignment  "path=value".
  /// \throws ConfigError  no such form, unknown key, wrong type, out of range.
  void Set(const std::string& assignment);

  /// One line a key: path, default, range, help. For `--help`.
  std::string Describe() const;

 private:
  struct Entry;
  Key& Add(Entry entry);

  std::vector<std::unique_ptr<Key>> keys_;
};

/// A key of a ConfigTable while it is being declared.
class ConfigTable::Key {
 public:
  explicit Key(std::unique_ptr<Entry> entry);
  ~Key();
  /// The file must hold this key.
  Key& Required();

 private:
  friend class ConfigTable;
  std::unique_ptr<Entry> entry_;
};

}  // namespace ddnn
