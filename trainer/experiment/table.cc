#include "trainer/experiment/table.h"

#include <spdlog/fmt/fmt.h>

#include <utility>

#include "trainer/experiment/statistics.h"

namespace ddnn {
namespace {

std::string Shown(const Column& column, const Cell& cell) {
  if (column.kind == Kind::kText) return cell.text.empty() ? "-" : cell.text;
  if (cell.values.empty()) return "-";
  const double mean = Mean(cell.values);
  if (column.kind == Kind::kCount) {
    const bool whole = mean == static_cast<int>(mean);
    return fmt::format("{:.{}f} of {}", mean, whole ? 0 : 1, cell.of);
  }
  const double unit = column.kind == Kind::kNumber ? 1 : 100;
  std::string text = fmt::format("{:.1f}", unit * mean);
  if (cell.values.size() > 1) {
    text += fmt::format(" ± {:.1f}", unit * Deviation(cell.values));
  }
  if (column.kind == Kind::kInterval && cell.of > 0) {
    const Interval wilson = Wilson(mean, cell.of);
    text +=
        fmt::format(" ({:.0f}-{:.0f})", unit * wilson.low, unit * wilson.high);
  }
  return text;
}

std::string Quoted(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text)
    quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::vector<std::string> CsvNames(const Column& column) {
  const std::string& name = column.name;
  switch (column.kind) {
    case Kind::kText:
      return {name};
    case Kind::kPercent:
    case Kind::kNumber:
      return {name, name + "_sd"};
    case Kind::kInterval:
      return {name, name + "_sd", name + "_low", name + "_high"};
    case Kind::kCount:
      return {name, name + "_of"};
  }
  return {};
}

std::vector<std::string> CsvFields(const Column& column, const Cell& cell) {
  if (column.kind == Kind::kText) return {Quoted(cell.text)};
  if (cell.values.empty()) {
    return std::vector<std::string>(CsvNames(column).size());
  }
  const double mean = Mean(cell.values);
  if (column.kind == Kind::kCount) {
    return {fmt::format("{:.2f}", mean), std::to_string(cell.of)};
  }
  const double unit = column.kind == Kind::kNumber ? 1 : 100;
  std::vector<std::string> fields{
      fmt::format("{:.2f}", unit * mean),
      fmt::format("{:.2f}", unit * Deviation(cell.values))};
  if (column.kind == Kind::kInterval) {
    const Interval wilson = Wilson(mean, cell.of);
    fields.push_back(fmt::format("{:.2f}", unit * wilson.low));
    fields.push_back(fmt::format("{:.2f}", unit * wilson.high));
  }
  return fields;
}

std::string Joined(const std::vector<std::string>& fields) {
  return fmt::format("{}\n", fmt::join(fields, ","));
}

}  // namespace

Cell Text(std::string text) { return {std::move(text), {}, 0}; }

Cell Values(std::vector<double> values, int of) {
  return {{}, std::move(values), of};
}

std::string ToMarkdown(const Table& table) {
  std::string text = "|";
  for (const Column& column : table.columns) text += " " + column.title + " |";
  text += "\n|";
  for (std::size_t i = 0; i < table.columns.size(); ++i) text += "---|";
  text += "\n";
  for (const auto& row : table.rows) {
    text += "|";
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += " " + Shown(table.columns[i], row[i]) + " |";
    }
    text += "\n";
  }
  return text;
}

std::string ToCsv(const Table& table) {
  std::vector<std::string> fields;
  const auto add = [&fields](const std::vector<std::string>& more) {
    fields.insert(fields.end(), more.begin(), more.end());
  };
  for (const Column& column : table.columns) add(CsvNames(column));
  std::string text = Joined(fields);
  for (const auto& row : table.rows) {
    fields.clear();
    for (std::size_t i = 0; i < row.size(); ++i) {
      add(CsvFields(table.columns[i], row[i]));
    }
    text += Joined(fields);
  }
  return text;
}

}  // namespace ddnn
