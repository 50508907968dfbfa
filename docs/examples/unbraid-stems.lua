-- ReaScript for Reaper: separates the selected item with the command `unbraid` and lays its stems on tracks below it,
-- in the item's place. The stems are of the whole file and start where the item starts in it, so they can be trimmed.
-- Stems go into a folder "Unbraid" beside the project, or beside the song while the project has no place; there, every
-- file (and every model) has a separate folder, because files of the same name may come from many places.
-- Set UNBRAID below if the command is not found; MODEL to "" for the default.
local UNBRAID = "unbraid"
local MODEL = ""

local function quoted(text)
  if reaper.GetOS():match("^Win") then
    return '"' .. text .. '"'
  end
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- The text of a JSON string without its quotes.
local function unescaped(text)
  local plain = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
  return (text:gsub("\\(u?)(%x?%x?%x?%x?)(.?)", function(u, digits, rest)
    if u == "u" and #digits == 4 then
      return utf8.char(tonumber(digits, 16)) .. rest
    end
    local all = digits .. rest
    local first = u == "u" and "u" or all:sub(1, 1)
    return (plain[first] or first) .. (u == "u" and all or all:sub(2))
  end))
end

-- The files that a report names: { stem = name, path = path }, in their order.
local function outputs(text)
  local report
  for line in text:gmatch("[^\r\n]+") do
    if line:match('^{"event":"report"') then
      report = line
    end
  end
  local found = {}
  if report then
    for stem, path in report:gmatch('{"stem":"(.-[^\\])","path":"(.-[^\\])",') do
      found[#found + 1] = { stem = unescaped(stem), path = unescaped(path) }
    end
  end
  return found
end

local function separate(song, folder)
  local command = UNBRAID .. " separate " .. quoted(song) .. " -o " .. quoted(folder) .. " --overwrite --json"
  if MODEL ~= "" then
    command = command .. " -m " .. quoted(MODEL)
  end
  -- The first line of the answer is the exit code. No time limit.
  local answer = reaper.ExecProcess(command, 0)
  if not answer then
    return nil, "The command cannot be started: " .. UNBRAID
  end
  local code, text = answer:match("^(%-?%d+)\r?\n(.*)$")
  if code ~= "0" then
    return nil, text and text:match('"message":"(.-[^\\])"') or answer
  end
  return outputs(text)
end

-- Eight digits that stand for a text: FNV-1a, 32 bits.
local function digits(text)
  local hash = 0x811c9dc5
  for at = 1, #text do
    hash = ((hash ~ text:byte(at)) * 0x01000193) & 0xffffffff
  end
  return string.format("%08x", hash)
end

local function lay(item, take, files)
  local value = function(name)
    return reaper.GetMediaItemInfo_Value(item, name)
  end
  local below = reaper.GetMediaTrackInfo_Value(reaper.GetMediaItem_Track(item), "IP_TRACKNUMBER")
  for n, file in ipairs(files) do
    reaper.InsertTrackAtIndex(below + n - 1, true)
    local track = reaper.GetTrack(0, below + n - 1)
    reaper.GetSetMediaTrackInfo_String(track, "P_NAME", file.stem, true)
    local made = reaper.AddMediaItemToTrack(track)
    local part = reaper.AddTakeToMediaItem(made)
    reaper.SetMediaItemTake_Source(part, reaper.PCM_Source_CreateFromFile(file.path))
    for _, name in ipairs({ "D_POSITION", "D_LENGTH", "D_FADEINLEN", "D_FADEOUTLEN", "D_VOL" }) do
      reaper.SetMediaItemInfo_Value(made, name, value(name))
    end
    for _, name in ipairs({ "D_STARTOFFS", "D_PLAYRATE", "D_PITCH", "B_PPITCH", "D_VOL" }) do
      reaper.SetMediaItemTakeInfo_Value(part, name, reaper.GetMediaItemTakeInfo_Value(take, name))
    end
    reaper.GetSetMediaItemTakeInfo_String(part, "P_NAME", file.stem, true)
  end
  reaper.SetMediaItemInfo_Value(item, "B_MUTE", 1)
end

local function run()
  local item = reaper.GetSelectedMediaItem(0, 0)
  local take = item and reaper.GetActiveTake(item)
  if not take or reaper.TakeIsMIDI(take) then
    return "Select an audio item first."
  end
  local song = reaper.GetMediaSourceFileName(reaper.GetMediaItemTake_Source(take), "")
  local folder = reaper.GetProjectPath("")
  if folder == "" then
    folder = song:match("^(.*)[/\\]") or "."
  end
  local files, problem = separate(song, folder .. "/Unbraid/" .. digits(song .. "\n" .. MODEL))
  if not files then
    return problem
  end
  reaper.Undo_BeginBlock()
  lay(item, take, files)
  reaper.Undo_EndBlock("Unbraid: stems of an item", -1)
  reaper.UpdateArrange()
end

local problem = run()
if problem then
  reaper.ShowMessageBox(problem, "Unbraid", 0)
end
