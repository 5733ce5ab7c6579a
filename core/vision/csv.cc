#include "core/vision/csv.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "core/base/file.h"

namespace ddnn {

Result<CsvReader> CsvReader::Open(const std::filesystem::path& file) {
  const auto text = ReadFile(file);
  if (!text) return text.failure();
  CsvReader reader;
  reader.file_ = file.string();
  reader.text_.assign(text->begin(), text->end());
  if (text->starts_with("\xEF\xBB\xBF")) reader.position_ = 3;  // UTF-8 mark
  if (!reader.SplitLine()) {
    return Failure{Error::kMalformed,
                   reader.file_ + ": empty; expected a line of column names"};
  }
  for (const std::string_view name : reader.fields_) {
    if (name.empty() || reader.Find(name) >= 0) {
      return reader.Fault(
          Error::kMalformed,
          fmt::format("column name '{}' is empty or given twice", name));
    }
    reader.columns_.emplace_back(name);
  }
  return reader;
}

int CsvReader::Find(std::string_view column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  return found == columns_.end() ? -1
                                 : static_cast<int>(found - columns_.begin());
}

Result<bool> CsvReader::Next() {
  if (!SplitLine()) return false;
  if (fields_.size() != columns_.size()) {
    return Fault(Error::kMalformed,
                 fmt::format("{} fields, but the header names {} columns",
                             fields_.size(), columns_.size()));
  }
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].find('"') != std::string_view::npos) {
      return Fault(Error::kMalformed, static_cast<int>(i),
                   "quotes are not supported");
    }
  }
  return true;
}

Failure CsvReader::Fault(Error error, int column,
                         std::string_view problem) const {
  return {error, fmt::format("{}:{}: {} = '{}': {}", file_, row_,
                             columns_[static_cast<std::size_t>(column)],
                             Field(column), problem)};
}

Failure CsvReader::Fault(Error error, std::string_view problem) const {
  return {error, fmt::format("{}:{}: {}", file_, row_, problem)};
}

bool CsvReader::SplitLine() {
  const std::string_view text(text_.data(), text_.size());
  if (position_ >= text.size()) return false;
  const std::size_t end = std::min(text.find('\n', position_), text.size());
  std::string_view line = text.substr(position_, end - position_);
  position_ = end + 1;
  ++row_;
  if (line.ends_with('\r')) line.remove_suffix(1);

  fields_.clear();
  for (std::size_t comma = line.find(','); comma != std::string_view::npos;
       comma = line.find(',')) {
    fields_.push_back(line.substr(0, comma));
    line.remove_prefix(comma + 1);
  }
  fields_.push_back(line);
  return true;
}

}  // namespace ddnn
