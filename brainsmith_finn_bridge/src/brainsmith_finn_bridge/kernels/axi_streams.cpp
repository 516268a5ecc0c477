// SPDX-FileCopyrightText: The Brainsmith authors
// SPDX-License-Identifier: Apache-2.0

// Drives a module with any number of AXI streams, none of which stalls.
//
// ports.h has the lists INPUTS(PORT) and OUTPUTS(PORT), with PORT(name, bytes of a word) for each stream.
// Arguments: rows, and for each output the number of words to wait for.
// Reads name.bin of each input and writes that of each output, in the working folder.
// Prints the clock cycles from the first word in to the last word out.

#include "Vtop.h"
#include "ports.h"
#include "verilated.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr long PATIENCE = 200000;  // cycles without a word, after which the module counts as hung

struct Stream {
    std::string name;
    void *data;
    CData &valid, &ready;
    size_t bytes;
    size_t at = 0;
    std::vector<char> words;

    Stream(const char *name, void *data, CData &valid, CData &ready, size_t bytes)
        : name(name), data(data), valid(valid), ready(ready), bytes(bytes) {}

    bool finished() const { return at == words.size(); }

    void read() {
        std::ifstream file(name + ".bin", std::ios::binary);
        words.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }

    void write() const { std::ofstream(name + ".bin", std::ios::binary).write(words.data(), words.size()); }

    void offer() {
        valid = !finished();
        if (valid) std::memcpy(data, &words[at], bytes);
    }

    bool sent() {
        if (!(valid && ready)) return false;
        at += bytes;
        return true;
    }

    bool received() {
        if (!(valid && ready)) return false;
        std::memcpy(&words[at], data, bytes);
        at += bytes;
        return true;
    }
};

[[noreturn]] void fail(const char *reason, const Stream &stream, long cycle) {
    std::fprintf(stderr, "%s: %s in cycle %ld\n", stream.name.c_str(), reason, cycle);
    std::exit(1);
}

}  // namespace

int main(int argc, char **argv) {
    const auto top = std::make_unique<Vtop>();
#define STREAM(name, bytes) Stream{#name, &top->name##_TDATA, top->name##_TVALID, top->name##_TREADY, bytes},
    std::vector<Stream> inputs{INPUTS(STREAM)};
    std::vector<Stream> outputs{OUTPUTS(STREAM)};
    if (argc != 2 + static_cast<int>(outputs.size())) return 2;
    for (Stream &input : inputs) input.read();
    for (size_t i = 0; i < outputs.size(); ++i)
        outputs[i].words.resize(std::strtoul(argv[2 + i], nullptr, 10) * outputs[i].bytes);

    long cycle = 0, first = -1, last = 0;
    const auto tick = [&] {
        top->ap_clk = 1;
        top->eval();
        top->ap_clk = 0;
        top->eval();
    };
    top->ap_rst_n = 0;
    for (Stream &input : inputs) input.valid = 0;
    for (Stream &output : outputs) output.ready = 0;
    for (int i = 0; i < 8; ++i) tick();
    top->ap_rst_n = 1;

    const auto waiting = [&]() -> const Stream * {
        for (const Stream &output : outputs)
            if (!output.finished()) return &output;
        return nullptr;
    };
    long progress = 0;
    for (; waiting(); ++cycle) {
        for (Stream &input : inputs) input.offer();
        for (Stream &output : outputs) output.ready = !output.finished();
        top->eval();
        for (Stream &input : inputs)
            if (input.sent()) {
                if (first < 0) first = cycle;
                progress = cycle;
            }
        for (Stream &output : outputs)
            if (output.received()) progress = last = cycle;
        if (cycle - progress > PATIENCE) fail("no word for too long", *waiting(), cycle);
        tick();
    }
    for (const Stream &input : inputs)
        if (!input.finished()) fail("words were not taken", input, cycle);
    for (const Stream &output : outputs) output.write();
    std::printf("%ld\n", last - first + 1);
    top->final();
    return 0;
}
