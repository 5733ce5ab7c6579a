#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/nn/bundle.h"

namespace ddnn {

/// How one network is built and trained: everything but the data.
///
/// A recipe is a YAML file; RecipeTable() lists its keys. Defaults are the
/// recipe of the shipped network (`recipes/epfl-mvmc-c.yaml`).
struct Recipe {
  std::string name = "network";  ///< the bundle's name
  int seed = 1;

  /// Letter of the paper's Figure 2: "b", "d": one device; "c", "e", "f":
  /// several; "d", "e": an edge; "f": `edge_count` edges.
  std::string hierarchy = "c";
  std::string cameras = "all";  ///< or names, with commas between
  std::string absent = "masked";
  std::string local_aggregation = "MP";
  std::string map_aggregation = "CC";
  int device_layers = 1;
  int device_first_filters = 4;  ///< of every layer of a device but the last
  int device_filters = 4;        ///< of the last: what travels
  int edge_count = 2;            ///< of hierarchy f; devices in even shares
  int edge_layers = 1;
  int edge_filters = 16;
  int edge_pool_stride = 1;
  int cloud_layers = 2;
  int cloud_filters = 16;

  int epochs = 150;
  int batch = 64;  ///< samples an update; 0 = all of them
  std::string schedule = "cosine";
  double lr = 2e-3;
  double lr_min = 4e-5;  ///< where the cosine ends
  double flip = 0.5;
  int shift = 3;
  double device_dropout = 0.15;

  std::string validation_source = "none";  ///< rows of this `source` are held
  double validation_last_frames = 0.15;    ///< share of the training frames
  int validation_every = 5;                ///< epochs between evaluations

  bool choose_threshold = true;
  double threshold = 0.8;  ///< T of every early exit if it is not chosen
  double max_local_share = 0.97;

  Aggregation LocalAggregation() const;
  Aggregation MapAggregation() const;
  Absent AbsentViews() const;
  bool HasEdge() const { return Edges() > 0; }
  int Edges() const {
    if (hierarchy == "f") return edge_count;
    return hierarchy == "d" || hierarchy == "e" ? 1 : 0;
  }
  bool HasOneDevice() const { return hierarchy == "b" || hierarchy == "d"; }
  bool HoldsOut() const {
    return validation_source != "none" || validation_last_frames > 0;
  }
};

/// Reads a recipe.
/// \param overrides  "key=value", each as if the file had said so.
/// \throws ConfigError  naming file, line, key, value and what is allowed.
Recipe ReadRecipe(const std::filesystem::path& file,
                  const std::vector<std::string>& overrides);

/// One line a key, for `--help`.
std::string DescribeRecipe();

/// The recipe as it was used, a JSON object with the keys of the file.
std::string RecipeJson(const Recipe& recipe);

}  // namespace ddnn
