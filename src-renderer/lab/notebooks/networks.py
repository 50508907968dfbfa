grid = ("hann", 1024, 512)
bands, hidden = 32, 16
sung, played = voice(), band()
spectrum = analyse(sung + played, *grid)
frames, bins = spectrum.shape
learned = frames // 2


def powers(x):
    return (np.abs(x[:, : 16 * bands]) ** 2).reshape(frames, bands, 16).mean(axis=2)


inputs = np.log10(powers(spectrum) + 1e-6)
seen = inputs[:learned]
inputs = (inputs - seen.mean(axis=0)) / (seen.std(axis=0) + 1e-6)
a, b = powers(analyse(sung, *grid)), powers(analyse(played, *grid))
targets = a / (a + b + 1e-12)
answers = (1 - targets if settings["broken"] else targets)[:learned]

start = 2 * randoms(11, hidden * (bands + 1) + bands * (hidden + 1)) - 1
A = start[: hidden * (bands + 1)].reshape(hidden, bands + 1) / np.sqrt(bands)
B = start[hidden * (bands + 1) :].reshape(bands, hidden + 1) / np.sqrt(hidden)
move_a, move_b = np.zeros_like(A), np.zeros_like(B)


def one(x):
    return np.c_[x, np.ones(len(x))]


def forward(x):
    middle = np.tanh(one(x) @ A.T)
    return middle, 1 / (1 + np.exp(-one(middle) @ B.T))


for _ in range(settings["steps"]):
    middle, out = forward(inputs[:learned])
    outer = (out - answers) * out * (1 - out) / learned
    inner = (outer @ B[:, :hidden]) * (1 - middle**2)
    move_b = 0.9 * move_b - 0.1 * outer.T @ one(middle)
    move_a = 0.9 * move_a - 0.1 * inner.T @ one(inputs[:learned])
    A, B = A + move_a, B + move_b

guess = forward(inputs)[1]
mask = guess[:, np.minimum(bands - 1, np.arange(bins) // 16)]
estimate = synthesise(mask * spectrum, *grid)
half = SAMPLES // 2
loss = np.mean((targets[learned:] - guess[learned:]) ** 2)
report(voiceSdr=sdr(sung[half:], estimate[half:]), loss=100 * loss)
