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

  Batch Take(std::span<const int> indices) const;
  void Augment(Batch* batch);
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
  const Tensor index =
      torch::tensor(std::vector<std::int64_t>(indices.begin(), indices.end()));
  Batch batch;
  const Tensor scale = pixels.scale.index_select(0, index);
  batch.pixels = pixels.bytes.index_select(0, index)
                     .to(torch::kFloat)
                     .div_(scale.unsqueeze(-1).unsqueeze(-1).unsqueeze(-1));
  batch.present = pixels.present.index_select(0, index);
  batch.labels = pixels.labels.index_select(0, index);
  return batch;
}

void Trainer::State::Augment(Batch* batch) {
  const auto samples = batch->present.size(0);
  const auto devices = batch->present.size(1);
  std::uniform_real_distribution<double> uniform(0, 1);
  Tensor flip = torch::zeros({samples, devices}, torch::kBool);
  Tensor keep = torch::ones({samples, devices});
  auto flips = flip.accessor<bool, 2>();
  auto keeps = keep.accessor<float, 2>();
  for (std::int64_t i = 0; i < samples; ++i) {
    for (std::int64_t d = 0; d < devices; ++d) {
      flips[i][d] = uniform(random) < recipe.flip;
      keeps[i][d] = uniform(random) < recipe.device_dropout ? 0.0F : 1.0F;
    }
  }
  // A sample that would lose its last view keeps them all.
  const Tensor present = batch->present * keep;
  const Tensor alive = present.sum(1, true).gt(0);
  batch->present = torch::where(alive, present, batch->present);
  const auto shape = [](const Tensor& t) {
    return t.unsqueeze(-1).unsqueeze(-1).unsqueeze(-1);
  };
  batch->pixels =
      torch::where(shape(flip), batch->pixels.flip({-1}), batch->pixels)
          .mul_(shape(batch->present));
}

double Trainer::State::Step(std::span<const int> indices) {
  Batch batch = Take(indices);
  Augment(&batch);
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
