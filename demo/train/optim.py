"""Muon for the matrices inside the layers, AdamW for everything else, one learning-rate curve for both."""

import torch


def make_optimizers(model, rate):
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and ".layers." in n]
    chosen = {id(p) for p in matrices}
    rest = [p for p in model.parameters() if id(p) not in chosen]
    return [
        torch.optim.Muon(matrices, lr=rate, momentum=0.95, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def set_rate(optimizers, rate):
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = rate


def rate_at(step, steps, peak, warm=30, fall=0.5):
    """Warm up, stay, then fall in a line to a twentieth over the last `fall` of the steps."""
    if step < warm:
        return peak * (step + 1) / warm
    left = (steps - step) / (fall * steps)
    return peak * max(0.05, min(1.0, left))
