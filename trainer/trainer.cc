#include "trainer/trainer.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <numeric>
#include <random>

#include "core/nn/view.h"
#include "trainer/augment.h"
#include "trainer/blas.h"
#include "trainer/model.h"
#include "trainer/pixels.h"

namespace ddnn {
namespace {

using torch::Tensor;

/// Samples evaluated at a time: bounds the memory of the first layer.
constexpr std::size_t kEvaluationBatch = 128;

double LearningRate(const Recipe& recipe, int epoch) {
  if (recipe.schedule == "constant") return recipe.lr;
  const double progress = static_cast<double>(epoch) / recipe.epochs;
  return recipe.lr_min + 0.5 * (recipe.lr - recipe.lr_min) *
                             (1 + std::cos(std::numbers::pi * progress));
}

Tensor IndexOf(std::span<const int> rows) {
  return torch::tensor(std::vector<std::int64_t>(rows.begin(), rows.end()));
}

std::vector<std::vector<float>> ToRows(const Tensor& logits) {
  const Tensor flat = logits.contiguous();
  const auto classes = flat.size(1);
  std::vector<std::vector<float>> rows;
  const float* data = flat.data_ptr<float>();
  for (std::int64_t i = 0; i < flat.size(0); ++i) {
    rows.emplace_back(data + i * classes, data + (i + 1) * classes);
  }
  return rows;
}

}  // namespace

struct Trainer::State {
  State(const Recipe& used_recipe, const Examples& examples,
        std::vector<int> used_rows)
      : recipe(used_recipe),
        rows(std::move(used_rows)),
        random(static_cast<std::uint64_t>(used_recipe.seed)),
        pixels(PixelsOf(examples)),
        model(used_recipe, examples.devices(), examples.classes(),
              at::detail::createCPUGenerator(
                  static_cast<std::uint64_t>(used_recipe.seed))),
        adam(Adam(&model, used_recipe)) {}

  static torch::optim::Adam Adam(Model* model, const Recipe& recipe) {
    std::vector<Tensor> parameters;
    for (const Tensor* parameter : model->Parameters()) {
      parameters.push_back(*parameter);
    }
    return torch::optim::Adam(parameters,
                              torch::optim::AdamOptions(recipe.lr).eps(1e-8));
  }

  /// Rows as they are.
  Batch Take(std::span<const int> indices) const;
  /// Rows to learn from: views changed, some taken away.
  Batch TakeAugmented(std::span<const int> indices);
  std::vector<bool> SeenBy(int row) const;
  double Step(std::span<const int> indices);

  Recipe recipe;
  std::vector<int> rows;
  std::mt19937_64 random;
  PixelTensors pixels;
  Model model;
  torch::optim::Adam adam;
  std::vector<Tensor> kept;
  int epochs = 0;
};

Batch Trainer::State::Take(std::span<const int> indices) const {
  const Tensor index = IndexOf(indices);
  Batch batch;
  const Tensor scale = pixels.scale.index_select(0, index);
  batch.pixels = pixels.bytes.index_select(0, index)
                     .to(torch::kFloat)
                     .div_(scale.unsqueeze(-1).unsqueeze(-1).unsqueeze(-1));
  batch.present = pixels.present.index_select(0, index);
  batch.labels = pixels.labels.index_select(0, index);
  return batch;
}

std::vector<bool> Trainer::State::SeenBy(int row) const {
  const auto devices = static_cast<std::size_t>(pixels.present.size(1));
  const float* present = pixels.present.data_ptr<float>() +
                         static_cast<std::size_t>(row) * devices;
  std::vector<bool> seen(devices);
  for (std::size_t d = 0; d < devices; ++d) seen[d] = present[d] != 0;
  return seen;
}

Batch Trainer::State::TakeAugmented(std::span<const int> indices) {
  const auto samples = static_cast<std::int64_t>(indices.size());
  const std::int64_t devices = pixels.present.size(1);
  Batch batch;
  batch.labels = pixels.labels.index_select(0, IndexOf(indices));
  batch.present = torch::zeros({samples, devices});
  batch.pixels =
      torch::zeros({samples, devices, kViewChannels, kViewSide, kViewSide});
  auto present = batch.present.accessor<float, 2>();
  const auto* bytes = pixels.bytes.data_ptr<std::uint8_t>();
  auto* out = batch.pixels.data_ptr<float>();
  for (std::int64_t i = 0; i < samples; ++i) {
    const int row = indices[static_cast<std::size_t>(i)];
    const std::vector<bool> shown = DrawShown(recipe, SeenBy(row), &random);
    for (std::int64_t d = 0; d < devices; ++d) {
      if (!shown[static_cast<std::size_t>(d)]) continue;
      present[i][d] = 1;
      ApplyAugmentation(
          DrawAugmentation(recipe, &random),
          std::span(bytes + (row * devices + d) * kViewBytes, kViewBytes),
          std::span(out + (i * devices + d) * kViewBytes, kViewBytes));
    }
  }
  return batch;
}

double Trainer::State::Step(std::span<const int> indices) {
  const Batch batch = TakeAugmented(indices);
  {
    const torch::NoGradGuard no_grad;
    for (Tensor* parameter : model.Parameters()) parameter->clamp_(-1, 1);
  }
  adam.zero_grad();
  const Tensor loss =
      model.Loss(model.Forward(batch, Statistics::kBatch), batch);
  loss.backward();
  adam.step();
  return loss.item<double>();
}

Trainer::Trainer(const Recipe& recipe, const Examples& examples,
                 std::vector<int> rows) {
  at::set_num_threads(1);  // small layers: more threads make them slower
  UseOneThreadOfBlas();
  state_ = std::make_unique<State>(recipe, examples, std::move(rows));
}
Trainer::~Trainer() = default;

std::optional<double> Trainer::RunEpoch(const std::function<bool()>& stop) {
  State& s = *state_;
  const double lr = LearningRate(s.recipe, s.epochs);
  for (auto& group : s.adam.param_groups()) {
    static_cast<torch::optim::AdamOptions&>(group.options()).lr(lr);
  }
  std::vector<int> order = s.rows;
  std::shuffle(order.begin(), order.end(), s.random);
  const std::size_t batch = s.recipe.batch == 0
                                ? order.size()
                                : static_cast<std::size_t>(s.recipe.batch);
  double loss = 0;
  for (std::size_t start = 0; start < order.size(); start += batch) {
    if (stop()) return std::nullopt;
    const std::size_t count = std::min(batch, order.size() - start);
    loss += s.Step(std::span(order).subspan(start, count)) *
            static_cast<double>(count);
  }
  ++s.epochs;
  return loss / static_cast<double>(order.size());
}

int Trainer::epochs_run() const { return state_->epochs; }

void Trainer::EstimateStatistics() {
  const torch::NoGradGuard no_grad;
  state_->model.Forward(state_->Take(state_->rows), Statistics::kStore);
}

ExitLogits Trainer::Evaluate(std::span<const int> rows) {
  const torch::NoGradGuard no_grad;
  ExitLogits all;
  all.tiers = state_->recipe.HasEdge()
                  ? std::vector{Tier::kDevice, Tier::kEdge, Tier::kCloud}
                  : std::vector{Tier::kDevice, Tier::kCloud};
  all.logits.resize(all.tiers.size());
  for (std::size_t start = 0; start < rows.size(); start += kEvaluationBatch) {
    const std::size_t count = std::min(kEvaluationBatch, rows.size() - start);
    const ModelLogits logits = state_->model.Forward(
        state_->Take(rows.subspan(start, count)), Statistics::kStored);
    std::size_t exit = 0;
    for (const Tensor& scores : {logits.local, logits.edge, logits.cloud}) {
      if (!scores.defined()) continue;
      auto more = ToRows(scores);
      auto& rows_so_far = all.logits[exit++];
      rows_so_far.insert(rows_so_far.end(), more.begin(), more.end());
    }
  }
  return all;
}

TrainedNetwork Trainer::Learnt() const { return state_->model.Export(); }

void Trainer::Keep() {
  state_->kept.clear();
  for (const Tensor* tensor : state_->model.State()) {
    state_->kept.push_back(tensor->detach().clone());
  }
}

void Trainer::Restore() {
  const torch::NoGradGuard no_grad;
  std::size_t i = 0;
  for (Tensor* tensor : state_->model.State()) tensor->copy_(state_->kept[i++]);
}

}  // namespace ddnn
