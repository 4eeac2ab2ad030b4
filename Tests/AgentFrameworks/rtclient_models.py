"""The keys and values that rtclient 0.5.3 insists on, as models (protocol.md E.2 rows 1 to 9; E.11, its column)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

AudioFormat = Literal["pcm16", "g711-ulaw", "g711-alaw"]
Status = Literal["completed", "incomplete", "in_progress"]


class Model(BaseModel):
    model_config = ConfigDict(strict=True)


class Transcription(Model):
    model: Literal["whisper-1"]


class NoTurnDetection(Model):
    type: Literal["none"]


class ServerVAD(Model):
    type: Literal["server_vad"]
    threshold: Annotated[float, Field(ge=0, le=1)]
    prefix_padding_ms: int
    silence_duration_ms: int


class FunctionChoice(Model):
    type: Literal["function"]
    function: str


class Session(Model):
    id: str
    model: str
    modalities: set[Literal["text", "audio"]] = Field(strict=False)
    instructions: str
    voice: Literal["alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse"]
    input_audio_format: AudioFormat
    output_audio_format: AudioFormat
    input_audio_transcription: Transcription | None
    turn_detection: Annotated[NoTurnDetection | ServerVAD, Field(discriminator="type")] | None
    tools: list[dict[str, Any]]
    tool_choice: Literal["auto", "none", "required"] | FunctionChoice
    temperature: Annotated[float, Field(ge=0.6, le=1.2)]
    max_response_output_tokens: int | Literal["inf"]


class InputText(Model):
    type: Literal["input_text"]
    text: str


class InputAudio(Model):
    type: Literal["input_audio"]
    transcript: str | None


class Text(Model):
    type: Literal["text"]
    text: str


class Audio(Model):
    type: Literal["audio"]
    transcript: str | None


class Message(Model):
    type: Literal["message"]
    id: str
    role: Literal["system", "user", "assistant"]
    status: Status
    content: list[Annotated[InputText | InputAudio | Text | Audio, Field(discriminator="type")]]


class FunctionCall(Model):
    type: Literal["function_call"]
    id: str
    status: Status
    name: str
    call_id: str
    arguments: str


class FunctionCallOutput(Model):
    type: Literal["function_call_output"]
    id: str
    call_id: str
    output: str


Item = Annotated[Message | FunctionCall | FunctionCallOutput, Field(discriminator="type")]


class InputDetails(Model):
    cached_tokens: int
    text_tokens: int
    audio_tokens: int


class OutputDetails(Model):
    text_tokens: int
    audio_tokens: int


class Usage(Model):
    total_tokens: int
    input_tokens: int
    output_tokens: int
    input_token_details: InputDetails
    output_token_details: OutputDetails


class Cancelled(Model):
    type: Literal["cancelled"]
    reason: Literal["turn_detected", "client_cancelled"]


class Incomplete(Model):
    type: Literal["incomplete"]
    reason: Literal["max_output_tokens", "content_filter"]


class Failed(Model):
    type: Literal["failed"]
    error: dict[str, Any]


class ResponseState(Model):
    id: str
    status: Literal["in_progress", "completed", "cancelled", "incomplete", "failed"]
    status_details: Annotated[Cancelled | Incomplete | Failed, Field(discriminator="type")] | None
    output: list[Item]
    usage: Usage | None


class Event(Model):
    type: str
    event_id: str


class Error(Model):
    type: str
    message: str
    code: str | None
    param: str | None
    event_id: str | None


class ErrorEvent(Event):
    error: Error


class SessionEvent(Event):
    session: Session


class Committed(Event):
    previous_item_id: str | None
    item_id: str


class SpeechStarted(Event):
    audio_start_ms: int
    item_id: str


class SpeechStopped(Event):
    audio_end_ms: int
    item_id: str


class ItemCreated(Event):
    previous_item_id: str | None
    item: Item


class ItemTruncated(Event):
    item_id: str
    content_index: int
    audio_end_ms: int


class ItemDeleted(Event):
    item_id: str


class TranscriptionCompleted(Event):
    item_id: str
    content_index: int
    transcript: str


class TranscriptionFailed(Event):
    item_id: str
    content_index: int
    error: dict[str, Any]


class ResponseEvent(Event):
    response: ResponseState


class OutputItem(Event):
    response_id: str
    output_index: int
    item: Item


class OfItem(Event):
    response_id: str
    item_id: str
    output_index: int


class OfPart(OfItem):
    content_index: int


class ContentPart(OfPart):
    part: Annotated[Text | Audio, Field(discriminator="type")]


class Delta(OfPart):
    delta: str


class TextDone(OfPart):
    text: str


class TranscriptDone(OfPart):
    transcript: str


class ArgumentsDelta(OfItem):
    call_id: str
    delta: str


class ArgumentsDone(OfItem):
    call_id: str
    name: str
    arguments: str


class RateLimit(Model):
    name: str
    limit: int
    remaining: int
    reset_seconds: float


class RateLimits(Event):
    rate_limits: list[RateLimit]


MODELS = {
    "error": ErrorEvent,
    "session.created": SessionEvent,
    "session.updated": SessionEvent,
    "input_audio_buffer.committed": Committed,
    "input_audio_buffer.cleared": Event,
    "input_audio_buffer.speech_started": SpeechStarted,
    "input_audio_buffer.speech_stopped": SpeechStopped,
    "conversation.item.created": ItemCreated,
    "conversation.item.truncated": ItemTruncated,
    "conversation.item.deleted": ItemDeleted,
    "conversation.item.input_audio_transcription.completed": TranscriptionCompleted,
    "conversation.item.input_audio_transcription.failed": TranscriptionFailed,
    "response.created": ResponseEvent,
    "response.done": ResponseEvent,
    "response.output_item.added": OutputItem,
    "response.output_item.done": OutputItem,
    "response.content_part.added": ContentPart,
    "response.content_part.done": ContentPart,
    "response.text.delta": Delta,
    "response.text.done": TextDone,
    "response.audio_transcript.delta": Delta,
    "response.audio_transcript.done": TranscriptDone,
    "response.audio.delta": Delta,
    "response.audio.done": OfPart,
    "response.function_call_arguments.delta": ArgumentsDelta,
    "response.function_call_arguments.done": ArgumentsDone,
    "rate_limits.updated": RateLimits,
}


def check(message):
    """Raises what ends this client; a type that it does not know needs only an event_id."""
    TypeAdapter(MODELS.get(message.get("type"), Event)).validate_python(message)
