#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace ddnn {

/// Reads a comma-separated table row by row, strictly: one header line, as many
/// fields in each row, no quotes. Lines may end in LF or CRLF.
///
/// Thread-safety: none.
class CsvReader {
 public:
  /// Reads the file and its header.
  /// \return kNotFound, kUnreadable, kOversized; kMalformed if the file is
  ///     empty, or a column has no name or the name of another.
  static Result<CsvReader> Open(const std::filesystem::path& file);

  const std::vector<std::string>& columns() const { return columns_; }
  /// Index of a column, or -1.
  int Find(std::string_view column) const;

  /// Goes to the next row.
  /// \return false after the last; kMalformed for a ragged or quoted row.
  Result<bool> Next();

  /// A field of the row; valid until the reader is destroyed.
  std::string_view Field(int column) const {
    return fields_[static_cast<std::size_t>(column)];
  }

  /// A failure that names file, row and column: "FILE:ROW: COLUMN = 'FIELD':
  /// `problem`".
  Failure Fault(Error error, int column, std::string_view problem) const;
  /// A failure that names file and row: "FILE:ROW: `problem`".
  Failure Fault(Error error, std::string_view problem) const;

 private:
  CsvReader() = default;
  /// Splits the next line into fields_. \return false at the end of the file.
  bool SplitLine();

  std::string file_;
  std::vector<char> text_;  // not a string: views must survive a move
  std::size_t position_ = 0;
  int row_ = 0;
  std::vector<std::string> columns_;
  std::vector<std::string_view> fields_;
};

}  // namespace ddnn
