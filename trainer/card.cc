#include "trainer/card.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string_view>

namespace ddnn {
namespace {

using Json = nlohmann::ordered_json;

Json CountJson(const Count& count) {
  return {{"correct", count.correct}, {"total", count.total}};
}

Json FiguresJson(const Figures& figures, const Bundle& bundle) {
  Json accuracy;
  Json share;
  for (const auto& [tier, count] : figures.if_all_exited) {
    accuracy[std::string(ExitName(tier))] = count.share();
  }
  accuracy["overall"] = figures.overall.share();
  accuracy["balanced"] = figures.balanced;
  for (const auto& [tier, count] : figures.left_at) {
    share[std::string(ExitName(tier))] = count.share();
  }
  Json json{{"samples", figures.samples},
            {"blind", figures.blind},
            {"accuracy", accuracy},
            {"balanced_over", figures.balanced_over},
            {"exit_share", share},
            {"formula_bytes",
             FormulaBytes(bundle, figures.left_at.at(Tier::kDevice).share())}};
  for (const auto& [name, count] : figures.by_class) {
    json["by_class"][name] = CountJson(count);
  }
  for (const auto& [name, count] : figures.by_source) {
    json["by_source"][name] = CountJson(count);
  }
  return json;
}

std::string Percent(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

std::string OfTotal(const Count& count) {
  return fmt::format("{} of {}", count.correct, count.total);
}

std::string Listed(const std::map<std::string, Count>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    if (!text.empty()) text += ", ";
    text += name + " " + OfTotal(count);
  }
  return text;
}

/// "car and person".
std::string Words(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

std::string TestTable(const Figures& f, const Bundle& bundle) {
  std::string text =
      "| exit | accuracy if every sample left there | share that left there "
      "|\n|---|---|---|\n";
  for (const auto& [tier, count] : f.if_all_exited) {
    text += fmt::format("| {} | {} ({}) | {} |\n", ExitName(tier),
                        Percent(count.share()), OfTotal(count),
                        Percent(f.left_at.at(tier).share()));
  }
  text += fmt::format("| **overall** | **{}** ({}) | |\n\n",
                      Percent(f.overall.share()), OfTotal(f.overall));
  text += fmt::format("- Balanced over {}: {}.\n", Words(f.balanced_over),
                      Percent(f.balanced));
  text += fmt::format("- By class: {}.\n", Listed(f.by_class));
  if (!f.by_source.empty()) {
    text += fmt::format("- By source: {}.\n", Listed(f.by_source));
  }
  text += fmt::format(
      "- Bytes per device and sample by the paper's formula: {:.1f}.\n",
      FormulaBytes(bundle, f.left_at.at(Tier::kDevice).share()));
  if (f.blind > 0) {
    text += fmt::format("- Rows without any view, not counted: {}.\n", f.blind);
  }
  return text;
}

/// "cam0 61.2 %, cam1 58.0 %".
std::string CameraList(const std::vector<Count>& cameras,
                       const Bundle& bundle) {
  std::string text;
  for (std::size_t i = 0; i < cameras.size(); ++i) {
    text += fmt::format("{}{} {}", i > 0 ? ", " : "", bundle.nodes[i].camera,
                        Percent(cameras[i].share()));
  }
  return text;
}

std::string NetworkText(const Recipe& r, const Bundle& bundle) {
  std::string text = fmt::format(
      "Hierarchy {}: {} devices ({} x {} filters each){}, cloud ({} x {} "
      "filters). "
      "Aggregation {}-{} (class scores, feature maps), absent views {}.\n"
      "Classes: {}.\n\n",
      bundle.Hierarchy(), bundle.device_count(), r.device_layers,
      r.device_filters,
      r.HasEdge()
          ? fmt::format(", {} edge{} ({} x {} filters, pooling stride {})",
                        r.Edges(), r.Edges() == 1 ? "" : "s", r.edge_layers,
                        r.edge_filters, r.edge_pool_stride)
          : "",
      r.cloud_layers, r.cloud_filters, r.local_aggregation, r.map_aggregation,
      r.absent, Words(bundle.classes));
  text += "| section | parameter bytes |\n|---|---|\n";
  text += fmt::format("| each device | {} |\n",
                      bundle.nodes.front().section.parameter_bytes());
  for (const Node& node : bundle.nodes) {
    if (node.tier == Tier::kDevice) continue;
    text +=
        fmt::format("| {} | {} |\n", node.name, node.section.parameter_bytes());
  }
  text += fmt::format("\nFeature map of a device: {} bytes.\n",
                      bundle.OutputShape(0).bytes());
  return text;
}

std::string TrainingText(const FitStory& story, const Bundle& bundle) {
  const FitReport& fit = story.fit;
  std::string text =
      fmt::format("Data {}, rows {} ({} samples), seed {}, {} epochs, {}.\n",
                  story.data, story.split, fit.train.samples, story.recipe.seed,
                  fit.epochs, story.date);
  if (!fit.complete) {
    text += "Training was stopped early: this is the best network so far.\n";
  }
  for (std::size_t i = 0; i + 1 < bundle.exits.size(); ++i) {
    text +=
        fmt::format("T of the {} exit: {:.4f}", ExitName(bundle.exits[i].tier),
                    bundle.exits[i].threshold);
    if (fit.choices.empty()) {
      text += ", fixed by the recipe.\n";
      continue;
    }
    const ThresholdChoice& c = fit.choices[i];
    text += fmt::format(
        ", chosen on {} rows held out of training: {} exit there, {} are "
        "right, {} at the best T.\n",
        fit.held_out_rows, c.exits, c.correct, c.best);
  }
  text += fmt::format(
      "On the rows it was trained on: overall {}, local {}, cloud {}.\n"
      "{} of {} decisions differ from the unfolded network in float.\n",
      Percent(fit.train.overall.share()),
      Percent(fit.train.if_all_exited.at(Tier::kDevice).share()),
      Percent(fit.train.if_all_exited.at(Tier::kCloud).share()),
      fit.float_differences, fit.train.samples);
  return text;
}

}  // namespace

std::string RecordHead(const FitStory& story) {
  const Json json{{"data", story.data},
                  {"split", story.split},
                  {"digest", story.digest},
                  {"recipe", Json::parse(RecipeJson(story.recipe))},
                  {"seed", story.recipe.seed},
                  {"date", story.date},
                  {"program", "ddnn-train " DDNN_VERSION}};
  return json.dump();
}

std::string TrainingRecord(const FitStory& story, const Bundle& bundle) {
  Json json = Json::parse(RecordHead(story));
  json["epochs"] = story.fit.epochs;
  json["complete"] = story.fit.complete;
  for (const Exit& exit : bundle.exits) {
    if (exit.tier == Tier::kCloud) continue;
    json["threshold"][std::string(ExitName(exit.tier))] = exit.threshold;
  }
  if (story.fit.held_out_rows > 0) {
    json["validation"] = FiguresJson(story.fit.validation, bundle);
  }
  json["train"] = FiguresJson(story.fit.train, bundle);
  if (story.test) {
    json["test"] = FiguresJson(story.test->figures, bundle);
    json["test"]["data"] = story.test->data;
    json["test"]["split"] = story.test->split;
    json["test"]["presence_lookup"] = story.test->presence_lookup;
    for (const Count& camera : story.test->cameras) {
      json["test"]["each_camera"].push_back(camera.share());
    }
  }
  return json.dump();
}

std::string Card(const FitStory& story, const Bundle& bundle) {
  std::string text = fmt::format("# {}\n\n{}\n## Training\n\n{}\n", bundle.name,
                                 NetworkText(story.recipe, bundle),
                                 TrainingText(story, bundle));
  if (story.test) {
    text += fmt::format(
        "## Test: {}, rows {}, read once, at the end\n\n{}"
        "- A look-up of which cameras see the sample, without pixels: {}.\n"
        "- Each camera alone, by its device exit, what it does not see counted "
        "as wrong: {}.\n\n",
        story.test->data, story.test->split,
        TestTable(story.test->figures, bundle),
        Percent(story.test->presence_lookup),
        CameraList(story.test->cameras, bundle));
  }
  text += "## Made by\n\n```\n" + story.command + "\n```\n";
  return text;
}

std::string DataName(const std::filesystem::path& folder) {
  const auto full = std::filesystem::absolute(folder).lexically_normal();
  return full.has_filename() ? full.filename().string()
                             : full.parent_path().filename().string();
}

std::string Today() {
  std::time_t now = std::time(nullptr);
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH")) {
    now = static_cast<std::time_t>(std::strtoll(epoch, nullptr, 10));
  }
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  return fmt::format("{:04}-{:02}-{:02}", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday);
}

}  // namespace ddnn
