#pragma once

#include <string>
#include <vector>

namespace ddnn {

/// How a column is written.
enum class Kind {
  kText,      ///< as it is
  kPercent,   ///< a share per seed: mean and standard deviation
  kInterval,  ///< and Wilson's interval of the number of samples
  kNumber,    ///< a number per seed: mean and standard deviation
  kCount,     ///< a count per seed of `of`: "6.7 of 7"
};

struct Column {
  std::string name;   ///< of the CSV's column
  std::string title;  ///< what people read
  Kind kind = Kind::kText;
};

/// One entry. Without text and values there is none: "-", empty in the CSV.
struct Cell {
  std::string text;            ///< kText
  std::vector<double> values;  ///< one a seed; shares in [0, 1]
  int of = 0;                  ///< samples that a value was measured on
};

Cell Text(std::string text);
Cell Values(std::vector<double> values, int of = 0);

/// Rows that are shown beside each other; row[i] belongs to columns[i].
struct Table {
  std::string name;     ///< of the CSV file: "<experiment>-<name>.csv"
  std::string caption;  ///< one sentence; empty = the CSV alone is written
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
};

/// A table of GitHub's Markdown: "97.1 ± 0.4 (93-99)".
std::string ToMarkdown(const Table& table);

/// As RFC 4180 with a row of names. A column of values becomes <name>,
/// <name>_sd, with an interval also <name>_low and <name>_high, a count
/// <name>, <name>_of; shares in percent.
std::string ToCsv(const Table& table);

}  // namespace ddnn
