#include "trainer/recipe.h"

#include <nlohmann/json.hpp>

#include "core/base/config.h"
#include "core/nn/view.h"

namespace ddnn {
namespace {

Aggregation ParseAggregation(const std::string& word) {
  if (word == "MP") return Aggregation::kMaxPool;
  if (word == "AP") return Aggregation::kAveragePool;
  return Aggregation::kConcat;
}

void DeclareNetwork(ConfigTable* table, Recipe* r) {
  const std::vector<std::string> aggregations{"MP", "AP", "CC"};
  table->Id("name", &r->name, "the bundle's name");
  table->Integer("seed", &r->seed, 0, 1 << 30, "of every random choice");
  table->Choice("hierarchy", &r->hierarchy, {"b", "c", "d", "e", "f"},
                "c: devices and cloud; e: an edge section between them; f: "
                "several edges; b, d: as c, e, with one device");
  table->Text("cameras", &r->cameras,
              "devices of the network: all, or cameras' names with commas");
  table->Choice("absent", &r->absent, {"masked", "blank"},
                "an absent view adds nothing, or what a zero image answers");
  table->Choice("aggregation.local", &r->local_aggregation, aggregations,
                "of the devices' class scores");
  table->Choice("aggregation.map", &r->map_aggregation, aggregations,
                "of the devices' feature maps");
  table->Integer("device.layers", &r->device_layers, 1, kMaxLayers,
                 "convolutions of a device; each halves the map's sides");
  table->Integer("device.first_filters", &r->device_first_filters, 1,
                 kMaxFilters, "of a device's convolutions before the last");
  table->Integer("device.filters", &r->device_filters, 1, kMaxFilters,
                 "of a device's last convolution, whose map travels");
  table->Integer("edge.count", &r->edge_count, 2, kMaxEdges,
                 "edges of hierarchy f; devices in even shares, in order");
  table->Integer("edge.layers", &r->edge_layers, 1, kMaxLayers,
                 "convolutions of the edge section");
  table->Integer("edge.filters", &r->edge_filters, 1, kMaxFilters,
                 "of each convolution at the edge");
  table->Integer("edge.pool_stride", &r->edge_pool_stride, 1, 2,
                 "2 halves the map's sides at each layer");
  table->Integer("cloud.layers", &r->cloud_layers, 1, kMaxLayers,
                 "convolutions of the cloud section");
  table->Integer("cloud.filters", &r->cloud_filters, 1, kMaxFilters,
                 "of each convolution in the cloud");
}

void DeclareTraining(ConfigTable* table, Recipe* r) {
  table->Integer("train.epochs", &r->epochs, 1, 100000, "most epochs");
  table->Integer("train.batch", &r->batch, 0, 100000,
                 "samples an update; 0 = all");
  table->Choice("train.schedule", &r->schedule, {"constant", "cosine"},
                "of the learning rate over the epochs");
  table->Number("train.lr", &r->lr, 1e-7, 1, "learning rate of Adam");
  table->Number("train.lr_min", &r->lr_min, 0, 1, "where the cosine ends");
  table->Number("augment.flip", &r->flip, 0, 1,
                "chance that a view is mirrored");
  table->Integer("augment.shift", &r->shift, 0, kViewSide / 4,
                 "most pixels that a view is moved, each way");
  table->Number("augment.device_dropout", &r->device_dropout, 0, 0.9,
                "chance that a view is taken away");
  table->Text("validation.source", &r->validation_source,
              "rows of this source are held out; none = no source");
  table->Number("validation.last_frames", &r->validation_last_frames, 0, 0.5,
                "share of the frames, the last, held out");
  table->Integer("validation.every", &r->validation_every, 1, 1000,
                 "epochs from one evaluation to the next");
  table->Bool("exit.choose", &r->choose_threshold,
              "T is chosen on the rows held out");
  table->Number("exit.threshold", &r->threshold, 0, 1,
                "T of the early exits where it is not chosen");
  table->Number("exit.max_local_share", &r->max_local_share, 0, 1,
                "share of the rows held out that stays below this");
}

void Declare(ConfigTable* table, Recipe* recipe) {
  DeclareNetwork(table, recipe);
  DeclareTraining(table, recipe);
}

}  // namespace

Aggregation Recipe::LocalAggregation() const {
  return ParseAggregation(local_aggregation);
}
Aggregation Recipe::MapAggregation() const {
  return ParseAggregation(map_aggregation);
}
Absent Recipe::AbsentViews() const {
  return absent == "masked" ? Absent::kMasked : Absent::kBlank;
}

Recipe ReadRecipe(const std::filesystem::path& file,
                  const std::vector<std::string>& overrides) {
  Recipe recipe;
  ConfigTable table;
  Declare(&table, &recipe);
  table.Load(file);
  for (const std::string& assignment : overrides) table.Set(assignment);
  if (recipe.choose_threshold && !recipe.HoldsOut()) {
    throw ConfigError(
        file.string() +
        ": exit.choose needs rows held out: set validation.last_frames or "
        "validation.source, or set exit.choose to false and exit.threshold");
  }
  return recipe;
}

std::string DescribeRecipe() {
  Recipe recipe;
  ConfigTable table;
  Declare(&table, &recipe);
  return table.Describe();
}

std::string RecipeJson(const Recipe& r) {
  const nlohmann::ordered_json json{
      {"name", r.name},
      {"seed", r.seed},
      {"hierarchy", r.hierarchy},
      {"cameras", r.cameras},
      {"absent", r.absent},
      {"aggregation.local", r.local_aggregation},
      {"aggregation.map", r.map_aggregation},
      {"device.layers", r.device_layers},
      {"device.first_filters", r.device_first_filters},
      {"device.filters", r.device_filters},
      {"edge.count", r.edge_count},
      {"edge.layers", r.edge_layers},
      {"edge.filters", r.edge_filters},
      {"edge.pool_stride", r.edge_pool_stride},
      {"cloud.layers", r.cloud_layers},
      {"cloud.filters", r.cloud_filters},
      {"train.epochs", r.epochs},
      {"train.batch", r.batch},
      {"train.schedule", r.schedule},
      {"train.lr", r.lr},
      {"train.lr_min", r.lr_min},
      {"augment.flip", r.flip},
      {"augment.shift", r.shift},
      {"augment.device_dropout", r.device_dropout},
      {"validation.source", r.validation_source},
      {"validation.last_frames", r.validation_last_frames},
      {"validation.every", r.validation_every},
      {"exit.choose", r.choose_threshold},
      {"exit.threshold", r.threshold},
      {"exit.max_local_share", r.max_local_share}};
  return json.dump();
}

}  // namespace ddnn
