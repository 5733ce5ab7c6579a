#include "trainer/layers.h"

#include <torch/torch.h>

namespace ddnn {
namespace {

using torch::Tensor;

Tensor SignOf(const Tensor& x) {
  return x.ge(0).to(x.scalar_type()).mul_(2).sub_(1);
}

struct SignActivationFunction
    : torch::autograd::Function<SignActivationFunction> {
  static Tensor forward(torch::autograd::AutogradContext* context,
                        const Tensor& x) {
    context->save_for_backward({x});
    return SignOf(x);
  }
  static torch::autograd::tensor_list backward(
      torch::autograd::AutogradContext* context,
      const torch::autograd::tensor_list& gradients) {
    const Tensor x = context->get_saved_variables()[0];
    return {gradients[0] * x.abs().le(1)};
  }
};

struct SignWeightFunction : torch::autograd::Function<SignWeightFunction> {
  static Tensor forward(torch::autograd::AutogradContext*, const Tensor& w) {
    return SignOf(w);
  }
  static torch::autograd::tensor_list backward(
      torch::autograd::AutogradContext*,
      const torch::autograd::tensor_list& gradients) {
    return {gradients[0]};
  }
};

}  // namespace

Tensor SignActivation(const Tensor& x) {
  return SignActivationFunction::apply(x);
}

Tensor SignWeight(const Tensor& w) { return SignWeightFunction::apply(w); }

Tensor ConvPool(const Tensor& x, const Tensor& weight, int stride) {
  const Tensor z = torch::conv2d(x, SignWeight(weight), {}, 1, 1);
  return torch::max_pool2d(z, 3, stride, 1);
}

BatchNorm::BatchNorm(int groups, int features)
    : gamma(torch::ones({groups, features})),
      beta(torch::zeros({groups, features})),
      mean(torch::zeros({groups, features})),
      variance(torch::ones({groups, features})) {
  gamma.requires_grad_();
  beta.requires_grad_();
}

Tensor BatchNorm::operator()(const Tensor& x, const Tensor& mask,
                             Statistics statistics) {
  const auto shape = [](const Tensor& of_features) {
    return of_features.unsqueeze(0).unsqueeze(-1);
  };
  Tensor centred;
  Tensor used_variance;
  if (statistics == Statistics::kStored) {
    centred = x - shape(mean);
    used_variance = shape(variance);
  } else {
    // Each row's weight in the mean of its group; 0 rows make 0, not NaN.
    Tensor share = mask.defined() ? mask : x.new_ones({x.size(0), x.size(1)});
    share = share /
            (share.sum(0, true).clamp_min(1) * static_cast<double>(x.size(3)));
    share = share.unsqueeze(-1).unsqueeze(-1);
    const Tensor batch_mean = (x * share).sum(torch::IntArrayRef{0, 3}, true);
    centred = x - batch_mean;
    used_variance =
        (centred.square() * share).sum(torch::IntArrayRef{0, 3}, true);
    if (statistics == Statistics::kStore) {
      mean = batch_mean.detach().squeeze(-1).squeeze(0);
      variance = used_variance.detach().squeeze(-1).squeeze(0);
    }
  }
  const Tensor scale =
      shape(gamma) / (used_variance + kBatchNormEpsilon).sqrt();
  return centred * scale + shape(beta);
}

}  // namespace ddnn
